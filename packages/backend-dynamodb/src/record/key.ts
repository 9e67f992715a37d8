import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { attribute } from './attributes.js';
import { textValue, type Item } from './item.js';

/** What an item is about. Part of its key: a lock never meets the circuit of its name (clause L5). */
export type ItemKind = 'circuit' | 'lock';

/** How the table is keyed. */
export interface KeyLayout {
  /** The name of the partition key's attribute. */
  readonly partitionKey: string;
  /** The name of the sort key's attribute; null for a table without one. */
  readonly sortKey: string | null;
  /** What sets these items apart from all others in the table. */
  readonly prefix: string;
}

/**
 * How many partitions the index of troubled circuits has for one prefix. A write that the index has no room for is
 * refused by the table as well, and a provider's outage trips all its tenants at once: one partition takes 1,000 a second.
 */
const troubledPartitions = 8;

/** The longest sort key of the index, in UTF-16 units: DynamoDB's 1,024 bytes hold it, whatever its characters. */
const longestTroubledName = 256;

/**
 * The keys of the items: `<prefix>#<kind>#<name>` in the partition key, and the kind once more in the sort key, where
 * the table has one.
 *
 * A `#` in the prefix is escaped, so the first one ends it: two different triples of prefix, kind and name never make
 * the same key (clauses N1, N2). Each circuit has a partition of its own, so no two of them share a partition's limit
 * of 1,000 writes a second.
 */
export class Keys {
  readonly #layout: KeyLayout;
  readonly #prefix: string;
  readonly #beginnings: Readonly<Record<ItemKind, string>>;

  constructor(layout: KeyLayout) {
    this.#layout = layout;
    const prefix = (this.#prefix = escapePrefix(layout.prefix));
    this.#beginnings = { circuit: `${prefix}#circuit#`, lock: `${prefix}#lock#` };
  }

  get partitionKey(): string {
    return this.#layout.partitionKey;
  }

  /** What the partition key of each item of that kind begins with. */
  beginning(kind: ItemKind): string {
    return this.#beginnings[kind];
  }

  key(kind: ItemKind, name: string): Item {
    const key: Record<string, AttributeValue> = {
      [this.#layout.partitionKey]: textValue(this.#beginnings[kind] + name),
    };
    if (this.#layout.sortKey !== null) key[this.#layout.sortKey] = textValue(kind);
    return key;
  }

  /** Sets a circuit that is not closed, or has an override, into the index of such circuits. */
  troubledKey(name: string): Item {
    const partition = `${this.#prefix}#${hashOf(name) % troubledPartitions}`;
    return { [attribute.troubled]: textValue(partition), [attribute.troubledName]: textValue(troubledName(name)) };
  }

  /** The partitions of the index that hold this prefix's circuits. */
  troubledPartitions(): string[] {
    return Array.from({ length: troubledPartitions }, (_, index) => `${this.#prefix}#${index}`);
  }

  /** The key of an item in the table, of what an index says of it. */
  keyOf(item: Item): Item {
    const { partitionKey, sortKey } = this.#layout;
    const names = sortKey === null ? [partitionKey] : [partitionKey, sortKey];
    return Object.fromEntries(names.map((name) => [name, item[name] as AttributeValue]));
  }

  /** The circuit that an item is about; null for an item of another kind or another's. */
  circuitNameOf(item: Item): string | null {
    const { partitionKey, sortKey } = this.#layout;
    const key = item[partitionKey]?.S;
    if (key === undefined || !key.startsWith(this.#beginnings.circuit)) return null;
    if (sortKey !== null && item[sortKey]?.S !== 'circuit') return null;
    return key.slice(this.#beginnings.circuit.length);
  }
}

/** What the index sorts by: a name, or the beginning of a long one, that has a UTF-8 form. */
export function troubledName(name: string): string {
  return name.slice(0, longestTroubledName).replace(/[\uD800-\uDBFF]$/, '');
}

/** FNV-1a over the name's UTF-16 units. Part of the stored format: a circuit must not be in two partitions at once. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  // The lower bits of a product know nothing of the upper ones of its factors.
  return (hash >>> 16) ^ (hash & 0xffff);
}

/** The prefix as it stands in keys: without `#`, and still different for different prefixes. */
export function escapePrefix(prefix: string): string {
  return prefix.replaceAll('%', '%25').replaceAll('#', '%23');
}
