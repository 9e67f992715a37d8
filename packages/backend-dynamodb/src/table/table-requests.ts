import { StorageError, systemClock } from '@circuitry/core';
import type { DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb';
import { explain } from '../requests/explain.js';
import { sleep } from '../time/sleep.js';
import type { CircuitTableDefinition } from './circuit-table-definition.js';

/** The requests for one table's making: their errors are told in this library's words, and what is waited for is known. */
export class TableRequests {
  readonly definition: CircuitTableDefinition;
  /** What is being waited for, in words. */
  waitingFor = 'no request was answered yet';
  readonly #client: DynamoDBClient;
  readonly #signal: AbortSignal;

  constructor(client: DynamoDBClient, definition: CircuitTableDefinition, signal: AbortSignal) {
    this.#client = client;
    this.definition = definition;
    this.#signal = signal;
  }

  /** Null where AWS refuses with one of the `expected` errors. */
  async attempt<Answer>(command: unknown, expected: readonly string[] = []): Promise<Answer | null> {
    const operation = String((command as object).constructor.name).replace(/Command$/, '');
    this.waitingFor = `it waited for the answer to ${operation}`;
    try {
      // One command stands for all: they differ in types only.
      const options = { abortSignal: this.#signal };
      return (await this.#client.send(command as Parameters<DynamoDBClient['send']>[0], options)) as Answer;
    } catch (error) {
      if (expected.includes((error as { name?: string }).name ?? '')) return null;
      if (this.#signal.aborted) throw this.#signal.reason;
      const region = await this.#client.config.region().catch(() => 'an unknown region');
      throw explain(error, { operation, tableName: this.definition.TableName, region, ambiguous: false });
    }
  }

  async pause(ms: number, waitingFor: string): Promise<void> {
    this.waitingFor = waitingFor;
    await sleep(ms, systemClock, this.#signal);
  }

  refusal(what: string): StorageError {
    const table = JSON.stringify(this.definition.TableName);
    return new StorageError(`The table ${table} can't keep circuits: ${what}.`, { retriable: false });
  }
}

type Keyed = Pick<TableDescription, 'KeySchema' | 'AttributeDefinitions'>;

/** A table's key as a person reads it; the order of its parts does not matter. */
export function describeKey({ KeySchema = [], AttributeDefinitions = [] }: Keyed): string {
  const part = (type: string): string | null => {
    const name = KeySchema.find(({ KeyType }) => KeyType === type)?.AttributeName;
    if (name === undefined) return null;
    const kind = AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
    return `${JSON.stringify(name)} (${kind ?? 'of unknown type'})`;
  };
  const sort = part('RANGE');
  return `partition key ${part('HASH') ?? 'missing'}, ${sort === null ? 'no sort key' : `sort key ${sort}`}`;
}
