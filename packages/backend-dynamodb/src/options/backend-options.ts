import { systemClock, type Clock, type Duration } from '@circuitry/core';
import {
  callable,
  duration,
  flag,
  number,
  objectWith,
  optional,
  readOptions,
  type Reader,
} from '@circuitry/core/backend';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { escapePrefix } from '../record/key.js';
import { checkLayout, layoutReaders, type TableLayout, type TableLayoutOptions } from './table-layout.js';

/** How a `DynamoDBBackend` is made. */
export interface DynamoDBBackendOptions extends TableLayoutOptions {
  /** Made by the user, with region, credentials and retries; never closed by the backend. See `recommendedClient`. */
  readonly client: DynamoDBClient;
  /**
   * Sets these circuits apart from all other items of the table: keys are `<prefix>#circuit#<name>` and
   * `<prefix>#lock#<name>`. At most 512 bytes. Default `'circuitry'`.
   */
  readonly prefix?: string | undefined;
  /**
   * Whether a worker's clock is corrected by the `Date` of DynamoDB's responses where it is off by more than their
   * resolution, a second. Default true. Set it to false under a virtual clock.
   */
  readonly serverTime?: boolean | undefined;
  /** How many circuits `capacity(name)` tells apart; the least recently used go. Default 1,000; 0: none. */
  readonly capacityCircuits?: number | undefined;
  /** What the factory's `storageTimeout` is: a client whose retries can't end within it is warned of. Default `'1s'`. */
  readonly storageTimeout?: Duration | undefined;
  /** Told, once, of a client whose settings don't fit into `storageTimeout`. Default: `console.warn`. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** The options with their defaults filled in. */
export interface BackendSettings extends TableLayout {
  readonly client: DynamoDBClient;
  readonly prefix: string;
  readonly serverTime: boolean;
  readonly capacityCircuits: number;
  /** ms */
  readonly storageTimeout: number;
  readonly warn: (message: string) => void;
  readonly clock: Clock;
}

/** The longest prefix in a key, in bytes: with the longest name, 1,024, it stays below the 2,048 that a key may have. */
const longestPrefix = 512;

const readClient: Reader<DynamoDBClient> = (name, value, problems) => {
  if (typeof (value as DynamoDBClient | null | undefined)?.send !== 'function') {
    problems.push({ name, value, expected: 'a DynamoDBClient of @aws-sdk/client-dynamodb' });
  }
  return value as DynamoDBClient;
};

const readPrefix: Reader<string> = (name, value, problems) => {
  if (typeof value === 'string' && isWellFormed(value) && byteLength(escapePrefix(value)) <= longestPrefix)
    return value;
  problems.push({ name, value, expected: `well-formed text of at most ${longestPrefix} bytes` });
  return '';
};

/** Each option once: how it is read, and its default. */
const readers: { readonly [Name in keyof BackendSettings]: Reader<BackendSettings[Name]> } = {
  ...layoutReaders,
  client: readClient,
  prefix: optional(readPrefix, 'circuitry'),
  serverTime: optional(flag(), true),
  capacityCircuits: optional(
    number('an integer from 0', (count) => Number.isSafeInteger(count) && count >= 0),
    1_000,
  ),
  storageTimeout: optional(duration(1), 1_000),
  warn: optional(callable<(message: string) => void>(), warnOnce),
  clock: optional(objectWith<Clock>('now', 'after'), systemClock),
};

/**
 * Fills in the defaults.
 *
 * @throws InvalidSettingsError that lists every fault at once
 */
export function parseOptions(options: DynamoDBBackendOptions): BackendSettings {
  return readOptions(readers, options, checkLayout);
}

const told = new Set<string>();

/** A program with many clients of one kind is told of them once. */
function warnOnce(message: string): void {
  if (told.has(message)) return;
  told.add(message);
  console.warn(message);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function isWellFormed(text: string): boolean {
  // Half a surrogate pair has no UTF-8 form: it comes back as U+FFFD.
  return new TextDecoder().decode(new TextEncoder().encode(text)) === text;
}
