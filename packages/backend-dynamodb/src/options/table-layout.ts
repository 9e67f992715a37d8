import { optional, readOptions, type Reader } from '@circuitry/core/backend';
import type { SettingsProblem } from '@circuitry/core';
import { counterSigil, reservedAttributes } from '../record/attributes.js';

/** Where a table keeps circuits: the part of the options that a table's definition shares with the backend. */
export interface TableLayoutOptions {
  /** The table's name, or its ARN. Default `'circuitry'`. */
  readonly tableName?: string | undefined;
  /** The name of the table's partition key, a string. Default `'id'`. */
  readonly partitionKey?: string | undefined;
  /** The name of the table's sort key, a string. Default: the table has none. */
  readonly sortKey?: string | undefined;
  /** The attribute that DynamoDB deletes items by, seconds since the epoch; a table has one. Default `'ttl'`. */
  readonly ttlAttribute?: string | undefined;
  /**
   * The name of the secondary index that `list({ only: 'troubled' })` asks. Default `'troubled'`. False: the table has
   * none, and such a listing looks through the whole table.
   */
  readonly troubledIndex?: string | false | undefined;
}

/** A table's layout with its defaults filled in. */
export interface TableLayout {
  readonly tableName: string;
  readonly partitionKey: string;
  /** Null: the table has none. */
  readonly sortKey: string | null;
  readonly ttlAttribute: string;
  /** Null: the table has none. */
  readonly troubledIndex: string | null;
}

const readTableName = nonEmpty('the name or the ARN of a table');

const attributeName = nonEmpty(
  `the name of an attribute: not empty, not beginning with ${JSON.stringify(counterSigil)}, none twice, and none of ${[...reservedAttributes].join(', ')}`,
  (name) => !reservedAttributes.has(name) && !name.startsWith(counterSigil),
);

const indexName = nonEmpty('the name of an index (3 to 255 of a-z, A-Z, 0-9, _, - and .), or false for none', (name) =>
  /^[\w.-]{3,255}$/.test(name),
);

/** How each option of the layout is read, and its default. */
export const layoutReaders: LayoutReaders = {
  tableName: optional(readTableName, 'circuitry'),
  partitionKey: optional(attributeName, 'id'),
  sortKey: optional(attributeName, null),
  ttlAttribute: optional(attributeName, 'ttl'),
  troubledIndex: (name, value, problems) =>
    value === false ? null : optional(indexName, 'troubled')(name, value, problems),
};

type LayoutReaders = { readonly [Name in keyof TableLayout]: Reader<TableLayout[Name]> };

/** Tells an attribute that two options name. */
export function checkLayout({ partitionKey, sortKey, ttlAttribute }: TableLayout, problems: SettingsProblem[]): void {
  const taken = new Set<string>();
  for (const [name, value] of Object.entries({ partitionKey, sortKey, ttlAttribute })) {
    if (typeof value !== 'string') continue;
    if (taken.has(value)) problems.push({ name, value, expected: 'another attribute than the options before it name' });
    taken.add(value);
  }
}

/**
 * Fills in the defaults of a table's layout.
 *
 * @throws InvalidSettingsError that lists every fault at once
 */
export function parseLayout({
  tableName,
  partitionKey,
  sortKey,
  ttlAttribute,
  troubledIndex,
}: TableLayoutOptions): TableLayout {
  const given = { tableName, partitionKey, sortKey, ttlAttribute, troubledIndex };
  return readOptions(layoutReaders, given, checkLayout);
}

function nonEmpty(expected: string, isRight: (text: string) => boolean = () => true): Reader<string> {
  return (name, value, problems) => {
    if (typeof value === 'string' && value !== '' && isRight(value)) return value;
    problems.push({ name, value, expected });
    return '';
  };
}
