import { StorageError, systemClock, type Duration } from '@circuitry/core';
import { duration, onAbort, optional, readOptions, withSignal } from '@circuitry/core/backend';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { circuitTableDefinition, type CircuitTableOptions } from './circuit-table-definition.js';
import { TableMaker } from './table-maker.js';
import { turnOnTimeToLive } from './time-to-live.js';
import { TableRequests } from './table-requests.js';

/** How `createCircuitTable` goes about it. */
export interface CreateCircuitTableOptions extends CircuitTableOptions {
  /**
   * Whether DynamoDB is told to delete what has expired; false where somebody else tells it, or nobody shall: expired
   * circuits read as absent all the same, they only take up room. An emulator that does not know the call (dynalite) is
   * taken as it is. Default true.
   */
  readonly timeToLive?: boolean | undefined;
  /** How long all of it may take. Default `'5m'`: AWS takes seconds, and minutes for an index on a full table. */
  readonly timeLimit?: Duration | undefined;
  /** Gives up waiting for the table, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes the table that a `DynamoDBBackend` of the same options needs: waits until it and its index are ACTIVE, turns on
 * the deletion of expired items and, if asked, point-in-time recovery. Safe to repeat, and for several processes at once.
 *
 * A table of that name that exists already is used as it is: an index that it lacks and tags are added, its billing is
 * left alone.
 *
 * @throws StorageError where the table has another key or deletes by another attribute, where it is in a state that
 *   waiting doesn't end, where `timeLimit` is over, and for every failure of AWS's, with a word on what to do
 * @throws InvalidSettingsError that lists every fault of the options
 */
export async function createCircuitTable(
  client: DynamoDBClient,
  options: CreateCircuitTableOptions = {},
): Promise<void> {
  const definition = circuitTableDefinition(options);
  const { timeLimit: given, signal } = options;
  const { timeLimit } = readOptions({ timeLimit: optional(duration(1), 300_000) }, { timeLimit: given });
  const controller = new AbortController();
  const requests = new TableRequests(client, definition, controller.signal);
  const stopFollowing = signal && onAbort(signal, () => controller.abort(signal.reason));
  const stopTimer = systemClock.after(timeLimit, () => controller.abort(tooLate(requests, timeLimit)));
  try {
    // A server that doesn't answer must not hold it up.
    await withSignal(make(requests, options.timeToLive !== false), controller.signal);
  } finally {
    stopTimer();
    stopFollowing?.();
  }
}

async function make(requests: TableRequests, timeToLive: boolean): Promise<void> {
  const maker = new TableMaker(requests);
  await maker.make();
  if (timeToLive) await turnOnTimeToLive(requests);
  if (requests.definition.PointInTimeRecoverySpecification !== undefined) await maker.turnOnRecovery();
}

function tooLate({ definition, waitingFor }: TableRequests, timeLimit: number): StorageError {
  return new StorageError(
    `The table ${JSON.stringify(definition.TableName)} was not ready within ${timeLimit} ms (timeLimit): ${waitingFor}. ` +
      'Look at it in the AWS console; then call again, for what is done already is not done twice.',
    { ambiguous: true },
  );
}
