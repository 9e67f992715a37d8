import { StorageError, systemClock } from '@circuitry/core';
import type { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { explain } from '../requests/explain.js';
import { StrangersAnswer, type HttpAnswer } from '../requests/strangers-answer.js';
import { sleep } from '../time/sleep.js';
import type { CircuitTableDefinition } from './circuit-table-definition.js';
import type { Keyed } from './table-answers.js';

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

  /**
   * Null where AWS refuses with one of the `expected` errors.
   *
   * @param wanted how an answer has to look; null: nothing of it is read
   */
  async attempt<Answer>(
    command: unknown,
    wanted: (() => Wanted<Answer>) | null,
    expected: readonly string[] = [],
  ): Promise<Answer | null> {
    const operation = String((command as object).constructor.name).replace(/Command$/, '');
    this.waitingFor = `it waited for the answer to ${operation}`;
    const heard = listenTo(command as DescribeTableCommand);
    try {
      const options = { abortSignal: this.#signal };
      const answer: unknown = await this.#client.send(command as DescribeTableCommand, options);
      return wanted === null ? (answer as Answer) : wanted().parse(answer);
    } catch (reason) {
      const error = heard.refusalOf(reason);
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

/** Checks an answer; throws where it is none. */
interface Wanted<Answer> {
  parse(answer: unknown): Answer;
}

/** Watches what a command is answered with. One kind of command stands for all: they differ in types only. */
function listenTo(command: DescribeTableCommand): { refusalOf(error: unknown): unknown } {
  let success: HttpAnswer | null = null;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const answer = result.response as HttpAnswer;
      StrangersAnswer.refuse(answer);
      success = (answer.statusCode ?? 0) < 300 ? answer : null;
      return result;
    },
    // Innermost: beside the HTTP handler.
    { step: 'deserialize', priority: 'low', name: 'circuitryTable' },
  );
  return {
    // A success that can't be read is not DynamoDB's, whoever found it out: we, or the SDK.
    refusalOf: (error) =>
      success === null ? error : new StrangersAnswer(success, 'The answer says what DynamoDB never says.', error),
  };
}

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
