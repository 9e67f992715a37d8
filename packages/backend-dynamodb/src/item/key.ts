import type { AttributeValue } from '@aws-sdk/client-dynamodb';
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
 * The keys of the items: `<prefix>#<kind>#<name>` in the partition key, and the kind once more in the sort key, where
 * the table has one.
 *
 * A `#` in the prefix is escaped, so the first one ends it: two different triples of prefix, kind and name never make
 * the same key (clauses N1, N2). Each circuit has a partition of its own, so no two of them share a partition's limit
 * of 1,000 writes a second.
 */
export class Keys {
  readonly #layout: KeyLayout;
  readonly #beginnings: Readonly<Record<ItemKind, string>>;

  constructor(layout: KeyLayout) {
    this.#layout = layout;
    const prefix = escapePrefix(layout.prefix);
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

  /** The circuit that an item is about; null for an item of another kind or another's. */
  circuitNameOf(item: Item): string | null {
    const { partitionKey, sortKey } = this.#layout;
    const key = item[partitionKey]?.S;
    if (key === undefined || !key.startsWith(this.#beginnings.circuit)) return null;
    if (sortKey !== null && item[sortKey]?.S !== 'circuit') return null;
    return key.slice(this.#beginnings.circuit.length);
  }
}

/** The prefix as it stands in keys: without `#`, and still different for different prefixes. */
export function escapePrefix(prefix: string): string {
  return prefix.replaceAll('%', '%25').replaceAll('#', '%23');
}
