import { isCircuitryError, StorageError, systemClock } from '@circuitry/core';
import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { explain } from '../requests/explain.js';
import { sleep } from '../time/sleep.js';
import {
  circuitTableDefinition,
  type CircuitTableDefinition,
  type CircuitTableOptions,
} from './circuit-table-definition.js';

/** How `createCircuitTable` goes about it. */
export interface CreateCircuitTableOptions extends CircuitTableOptions {
  /**
   * Whether DynamoDB is told to delete what has expired; false where somebody else tells it, or nobody shall: expired
   * circuits read as absent all the same, they only take up room. An emulator that does not know the call (dynalite) is
   * taken as it is. Default true.
   */
  readonly timeToLive?: boolean;
  /** Gives up waiting for the table. Default: it waits for as long as AWS takes. */
  readonly signal?: AbortSignal;
}

/** Between two looks at a table that is not ready, ms: AWS takes seconds, an emulator moments. */
const firstPause = 25;
const longestPause = 1_000;

/**
 * Makes the table that a `DynamoDBBackend` of the same options needs: waits until it is ACTIVE, turns on the deletion of
 * expired items and, if asked, point-in-time recovery. Safe to repeat, and for several processes at once.
 *
 * A table of that name that exists already is used as it is: its tags are added to, its billing is left alone.
 *
 * @throws StorageError where the table has another key or deletes by another attribute, and for every failure of AWS's,
 *   with a word on what to do
 * @throws InvalidSettingsError that lists every fault of the options
 */
export async function createCircuitTable(
  client: DynamoDBClient,
  options: CreateCircuitTableOptions = {},
): Promise<void> {
  const definition = circuitTableDefinition(options);
  const signal = options.signal ?? new AbortController().signal;
  const maker = new TableMaker(client, definition, signal);
  const existing = await maker.describe();
  if (existing === null) await maker.create();
  const table = await maker.waitUntilActive();
  maker.checkKey(table);
  if (existing !== null && definition.Tags !== undefined) await maker.tag(table);
  if (options.timeToLive !== false) await maker.turnOnTimeToLive();
  if (definition.PointInTimeRecoverySpecification !== undefined) await maker.turnOnRecovery();
}

class TableMaker {
  readonly #client: DynamoDBClient;
  readonly #definition: CircuitTableDefinition;
  readonly #signal: AbortSignal;

  constructor(client: DynamoDBClient, definition: CircuitTableDefinition, signal: AbortSignal) {
    this.#client = client;
    this.#definition = definition;
    this.#signal = signal;
  }

  /** Null where there is none. */
  async describe(): Promise<TableDescription | null> {
    const command = new DescribeTableCommand({ TableName: this.#definition.TableName });
    const answer = await this.#attempt('DescribeTable', () => this.#client.send(command, this.#options()), [
      'ResourceNotFoundException',
    ]);
    return answer?.Table ?? null;
  }

  async create(): Promise<void> {
    const { TimeToLiveSpecification: _ttl, PointInTimeRecoverySpecification: _recovery, ...input } = this.#definition;
    const command = new CreateTableCommand(input);
    // In use: another process was quicker.
    await this.#attempt('CreateTable', () => this.#client.send(command, this.#options()), ['ResourceInUseException']);
  }

  async waitUntilActive(): Promise<TableDescription> {
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      const table = await this.describe();
      if (table?.TableStatus === 'ACTIVE' || table?.TableStatus === 'UPDATING') return table;
      if (table?.TableStatus === 'DELETING')
        throw this.#refusal('it is being deleted. Wait until it is gone, then try again');
      await sleep(pause, systemClock, this.#signal);
    }
  }

  checkKey(table: TableDescription): void {
    const wanted = describeKey(this.#definition);
    const found = describeKey(table);
    if (found === wanted) return;
    throw this.#refusal(
      `its key is ${found}, and this backend is set to ${wanted}. ` +
        'Set partitionKey and sortKey to the table’s, or choose another tableName',
    );
  }

  async tag(table: TableDescription): Promise<void> {
    const command = new TagResourceCommand({ ResourceArn: table.TableArn, Tags: this.#definition.Tags });
    await this.#attempt('TagResource', () => this.#client.send(command, this.#options()));
  }

  async turnOnTimeToLive(): Promise<void> {
    try {
      if (await this.#hasTimeToLive()) return;
      await this.#updateTimeToLive();
    } catch (error) {
      if (!isCircuitryError(error, 'ERR_STORAGE')) throw error;
      const { message, cause, retriable } = error as StorageError;
      // Every DynamoDB of AWS's knows it: an emulator is taken as it is.
      if ((cause as { name?: unknown } | undefined)?.name === 'UnknownOperationException') return;
      throw new StorageError(`${message} Or pass timeToLive: false to createCircuitTable, and see to it otherwise.`, {
        cause,
        retriable,
      });
    }
  }

  async #updateTimeToLive(): Promise<void> {
    const { TableName, TimeToLiveSpecification } = this.#definition;
    const command = new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification });
    // Refused: another process was quicker, or the setting was changed within the hour.
    const done = await this.#attempt('UpdateTimeToLive', () => this.#client.send(command, this.#options()), [
      'ValidationException',
    ]);
    if (done !== null || (await this.#hasTimeToLive())) return;
    throw this.#refusal(
      'DynamoDB does not turn its time to live on now: it was changed within the hour. Try again later',
    );
  }

  async #hasTimeToLive(): Promise<boolean> {
    const { TableName, TimeToLiveSpecification: wanted } = this.#definition;
    const command = new DescribeTimeToLiveCommand({ TableName });
    const answer = await this.#attempt('DescribeTimeToLive', () => this.#client.send(command, this.#options()));
    const { TimeToLiveStatus: status, AttributeName: name } = answer?.TimeToLiveDescription ?? {};
    if (status !== 'ENABLED' && status !== 'ENABLING') return false;
    if (name === wanted.AttributeName) return true;
    throw this.#refusal(
      `it deletes items by the attribute ${JSON.stringify(name)}, and this backend is set to ${JSON.stringify(wanted.AttributeName)}. ` +
        'A table has one such attribute: set ttlAttribute to it',
    );
  }

  async turnOnRecovery(): Promise<void> {
    const { TableName, PointInTimeRecoverySpecification } = this.#definition;
    for (;;) {
      const command = new DescribeContinuousBackupsCommand({ TableName });
      const answer = await this.#attempt('DescribeContinuousBackups', () =>
        this.#client.send(command, this.#options()),
      );
      const recovery = answer?.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
      if (recovery?.PointInTimeRecoveryStatus === 'ENABLED') return;
      const update = new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification });
      // A new table's backups are not to be had for its first moments.
      const done = await this.#attempt('UpdateContinuousBackups', () => this.#client.send(update, this.#options()), [
        'ContinuousBackupsUnavailableException',
      ]);
      if (done !== null) return;
      await sleep(longestPause, systemClock, this.#signal);
    }
  }

  /** Null where AWS refuses with one of the `expected` errors. */
  async #attempt<T>(operation: string, send: () => Promise<T>, expected: readonly string[] = []): Promise<T | null> {
    try {
      return await send();
    } catch (error) {
      if (expected.includes((error as { name?: string }).name ?? '')) return null;
      if (this.#signal.aborted) throw this.#signal.reason;
      const region = await this.#client.config.region().catch(() => 'an unknown region');
      throw explain(error, { operation, tableName: this.#definition.TableName, region, ambiguous: false });
    }
  }

  #refusal(what: string): StorageError {
    const table = JSON.stringify(this.#definition.TableName);
    return new StorageError(`The table ${table} can't keep circuits: ${what}.`, { retriable: false });
  }

  #options(): { readonly abortSignal: AbortSignal } {
    return { abortSignal: this.#signal };
  }
}

type Keyed = Pick<TableDescription, 'KeySchema' | 'AttributeDefinitions'>;

/** A table's key as a person reads it; the order of its parts does not matter. */
function describeKey({ KeySchema = [], AttributeDefinitions = [] }: Keyed | CircuitTableDefinition): string {
  const part = (type: string): string | null => {
    const name = KeySchema.find(({ KeyType }) => KeyType === type)?.AttributeName;
    if (name === undefined) return null;
    const kind = AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
    return `${JSON.stringify(name)} (${kind ?? 'of unknown type'})`;
  };
  const sort = part('RANGE');
  return `partition key ${part('HASH') ?? 'missing'}, ${sort === null ? 'no sort key' : `sort key ${sort}`}`;
}
