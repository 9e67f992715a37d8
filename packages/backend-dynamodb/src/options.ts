import { InvalidSettingsError, systemClock, type Clock, type SettingsProblem } from '@circuitry/core';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { counterSigil, reservedAttributes } from './item/attributes.js';
import { escapePrefix } from './item/key.js';

/** Where a table keeps circuits: the part of the options that a table's definition shares with the backend. */
export interface TableLayoutOptions {
  /** The table's name, or its ARN. Default `'circuitry'`. */
  readonly tableName?: string;
  /** The name of the table's partition key, a string. Default `'id'`. */
  readonly partitionKey?: string;
  /** The name of the table's sort key, a string. Default: the table has none. */
  readonly sortKey?: string;
  /** The attribute that DynamoDB deletes items by, seconds since the epoch; a table has one. Default `'ttl'`. */
  readonly ttlAttribute?: string;
}

/** How a `DynamoDBBackend` is made. */
export interface DynamoDBBackendOptions extends TableLayoutOptions {
  /** Made by the user, with region, credentials and retries; never closed by the backend. */
  readonly client: DynamoDBClient;
  /**
   * Sets these circuits apart from all other items of the table: keys are `<prefix>#circuit#<name>` and
   * `<prefix>#lock#<name>`. At most 512 bytes. Default `'circuitry'`.
   */
  readonly prefix?: string;
  /**
   * Whether a worker's clock is corrected by the `Date` of DynamoDB's responses where it is off by more than their
   * resolution, a second. Default true. Set it to false under a virtual clock.
   */
  readonly serverTime?: boolean;
  /** How many circuits `capacity(name)` tells apart; the least recently used go. Default 1,000; 0: none. */
  readonly capacityCircuits?: number;
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/** The options with their defaults filled in. */
export type BackendSettings = Readonly<
  Required<Omit<DynamoDBBackendOptions, 'sortKey'>> & { readonly sortKey: string | null }
>;

/** A table's layout with its defaults filled in. */
export type TableLayout = Pick<BackendSettings, 'tableName' | 'partitionKey' | 'sortKey' | 'ttlAttribute'>;

/** The longest prefix in a key, in bytes: with the longest name, 1,024, it stays below the 2,048 that a key may have. */
const longestPrefix = 512;

/**
 * Fills in the defaults.
 *
 * @throws InvalidSettingsError that lists every fault at once
 */
export function parseOptions(options: DynamoDBBackendOptions): BackendSettings {
  const problems: SettingsProblem[] = [];
  const layout = layoutOf(options, problems);
  const { client, prefix = 'circuitry', serverTime = true, capacityCircuits = 1_000, clock = systemClock } = options;
  if (typeof (client as DynamoDBClient | undefined)?.send !== 'function') {
    problems.push({ name: 'client', value: client, expected: 'a DynamoDBClient of @aws-sdk/client-dynamodb' });
  }
  if (typeof prefix !== 'string' || !isWellFormed(prefix) || byteLength(escapePrefix(prefix)) > longestPrefix) {
    problems.push({ name: 'prefix', value: prefix, expected: `well-formed text of at most ${longestPrefix} bytes` });
  }
  if (typeof serverTime !== 'boolean')
    problems.push({ name: 'serverTime', value: serverTime, expected: 'true or false' });
  if (!Number.isSafeInteger(capacityCircuits) || capacityCircuits < 0) {
    problems.push({ name: 'capacityCircuits', value: capacityCircuits, expected: 'an integer from 0' });
  }
  if (problems.length > 0) throw new InvalidSettingsError(problems);
  return Object.freeze({ ...layout, client, prefix, serverTime, capacityCircuits, clock });
}

/**
 * Fills in the defaults of a table's layout.
 *
 * @throws InvalidSettingsError that lists every fault at once
 */
export function parseLayout(options: TableLayoutOptions): TableLayout {
  const problems: SettingsProblem[] = [];
  const layout = layoutOf(options, problems);
  if (problems.length > 0) throw new InvalidSettingsError(problems);
  return Object.freeze(layout);
}

function layoutOf(options: TableLayoutOptions, problems: SettingsProblem[]): TableLayout {
  const { tableName = 'circuitry', partitionKey = 'id', sortKey = null, ttlAttribute = 'ttl' } = options;
  if (typeof tableName !== 'string' || tableName === '') {
    problems.push({ name: 'tableName', value: tableName, expected: 'the name or the ARN of a table' });
  }
  const names = { partitionKey, ...(sortKey === null ? {} : { sortKey }), ttlAttribute };
  const taken = new Set(reservedAttributes);
  for (const [name, value] of Object.entries(names)) {
    if (typeof value === 'string' && value !== '' && !taken.has(value) && !value.startsWith(counterSigil)) {
      taken.add(value);
      continue;
    }
    const expected = `the name of an attribute: not empty, not beginning with ${JSON.stringify(counterSigil)}, none twice, and none of ${[...reservedAttributes].join(', ')}`;
    problems.push({ name, value, expected });
  }
  return { tableName, partitionKey, sortKey, ttlAttribute };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function isWellFormed(text: string): boolean {
  // Half a surrogate pair has no UTF-8 form: it comes back as U+FFFD.
  return new TextDecoder().decode(new TextEncoder().encode(text)) === text;
}
