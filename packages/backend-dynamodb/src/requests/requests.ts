import { isCircuitryError, systemClock, withSignal, type Clock } from '@circuitry/core';
import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type ConsumedCapacity,
  type DynamoDBClient,
  type PutItemCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { ClientCheck } from '../client/client-check.js';
import type { Item } from '../record/item.js';
import type { CapacityMeter } from './capacity.js';
import { watchExchange, type Exchange } from './exchange.js';
import { explain, explainAbort, withoutItem, type GivenUp } from './explain.js';
import { sleep } from '../time/sleep.js';
import type { ServerTime } from '../time/server-time.js';

/** How long nothing may have been asked before connections are looked at anew, ms: a Lambda function's thaw, say. */
const longPause = 1_000;

/** How often an item is read for the time that the answers say; one that lies between two others needs three. */
const mostReads = 3;

const unknownRegion = 'an unknown region';

/** One call's circumstances. */
export interface Call {
  /** The circuit it is for; null for a listing. */
  readonly name: string | null;
  readonly signal: AbortSignal;
}

/** The answer to a conditional write. */
export type WriteAnswer =
  /** Applied; the item that it met or, where an update asked for that, the one that it left. */
  | { readonly applied: true; readonly item: Item | undefined }
  /** The condition was not met; the item that did not meet it, undefined for none. */
  | { readonly applied: false; readonly item: Item | undefined };

type Output = { readonly ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] | undefined };
type Kind = 'read' | 'write';

interface Sending extends Call {
  readonly operation: string;
  readonly kind: Kind;
  /** Sending it twice does what sending it once does. */
  readonly repeatable: boolean;
}

/** Sends requests on one table: signals, retries, costs and errors are dealt with here. */
export class Requests {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #clock: Clock;
  readonly #time: ServerTime;
  readonly #meter: CapacityMeter;
  readonly #check: ClientCheck;
  /** Whether this server has ever answered the item on a failed condition: then a missing one means that there is none. */
  #answersItem = false;
  /** When a request was last answered or failed, ms by the clock. */
  #busyAt = 0;
  /** For the words of errors. */
  #region: string | undefined;

  get tableName(): string {
    return this.#tableName;
  }

  constructor(parts: {
    client: DynamoDBClient;
    tableName: string;
    clock: Clock;
    time: ServerTime;
    meter: CapacityMeter;
    check: ClientCheck;
  }) {
    this.#client = parts.client;
    this.#tableName = parts.tableName;
    this.#clock = parts.clock;
    this.#time = parts.time;
    this.#meter = parts.meter;
    this.#check = parts.check;
  }

  /**
   * One consistent read. Where its answer says a time that is far off, another one: nothing is decided by a clock that is
   * minutes wrong, and none is put minutes wrong by one answer.
   */
  async get(key: Item, call: Call): Promise<Item | undefined> {
    for (let tries = 1; ; tries += 1) {
      const command = new GetItemCommand({ ...this.#table(), Key: key, ConsistentRead: true });
      const { Item } = await this.read<{ Item?: Item }>('GetItem', command, call);
      if (!this.#time.isInDoubt || tries >= mostReads) return Item;
    }
  }

  /** Any other command that only reads. */
  read<T>(operation: string, command: unknown, call: Call): Promise<T> {
    return this.#send<T>(command, { ...call, operation, kind: 'read', repeatable: true });
  }

  /** One conditional update. `repeatable`: the SDK may send it again where no answer came. */
  async update(input: UpdateInput, call: Call & { readonly repeatable: boolean }): Promise<WriteAnswer> {
    const command = new UpdateItemCommand({ ...this.#table(), ...input, ...answerItem });
    const answer = await this.#write(command, input.Key as Item, { ...call, operation: 'UpdateItem', kind: 'write' });
    if (answer.applied && answer.item === undefined) throw withoutItem(this.#tableName, this.#region ?? unknownRegion);
    return answer;
  }

  /** One conditional put. Its answer holds what it replaced. */
  put(key: Item, input: WriteInput<PutItemCommandInput>, call: Call): Promise<WriteAnswer> {
    const command = new PutItemCommand({ ...this.#table(), ...input, ...answerItem, ReturnValues: 'ALL_OLD' });
    return this.#write(command, key, { ...call, operation: 'PutItem', kind: 'write', repeatable: false });
  }

  async delete(key: Item, call: Call): Promise<void> {
    const command = new DeleteItemCommand({ ...this.#table(), Key: key });
    await this.#send(command, { ...call, operation: 'DeleteItem', kind: 'write', repeatable: true });
  }

  async #write(command: UpdateItemCommand | PutItemCommand, key: Item, sending: Sending): Promise<WriteAnswer> {
    try {
      const output = await this.#send<{ Attributes?: Item }>(command, sending);
      return { applied: true, item: output.Attributes };
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      if (error.item !== undefined) {
        this.#answersItem = true;
        return { applied: false, item: error.item };
      }
      // None, or a server that does not answer it (dynalite): only then, ask.
      return { applied: false, item: this.#answersItem ? undefined : await this.get(key, sending) };
    }
  }

  async #send<T>(command: unknown, sending: Sending): Promise<T> {
    const { name, signal, operation, kind, repeatable } = sending;
    // One command stands for all: their middleware stacks differ in types only.
    const update = command as UpdateItemCommand;
    const exchange = watchExchange(update, { repeatable, clock: this.#clock, time: this.#time });
    const failed = (): GivenUp => ({
      operation,
      tableName: this.#tableName,
      region: this.#region ?? unknownRegion,
      ambiguous: kind === 'write' && (exchange.pending || exchange.unknown),
      attempts: exchange.attempts,
      pending: exchange.pending,
      failure: exchange.failure,
    });
    try {
      // The client may have to ask for it, as for its credentials: that can hang.
      this.#region ??= await withSignal(regionOf(this.#client), signal);
      if (!repeatable) await this.#noticeDeadConnections(signal);
      const sent = this.#client.send(update, { abortSignal: signal }) as Promise<unknown>;
      const output = (await withSignal(sent, signal, (reason) => explainAbort(reason, failed()))) as T;
      this.#count(name, kind, exchange, (output as Output).ConsumedCapacity);
      return output;
    } catch (error) {
      this.#busyAt = this.#clock.now();
      // A middleware of the client's owner may have made something else of it.
      const refusal = [error, exchange.pending ? undefined : exchange.failure].find(isConditionFailure);
      if (refusal !== undefined) {
        this.#meter.add(name, { requests: exchange.attempts, lostWrites: 1 });
        throw new ConditionFailed(refusal.Item);
      }
      this.#meter.add(name, { requests: exchange.attempts });
      if (isCircuitryError(error)) throw error;
      // What the signal cut short is no fault of the network's.
      if (signal.aborted) throw explainAbort(signal.reason, failed());
      // What the SDK makes of a failure may hide it; a failure before anything was sent is the SDK's own.
      throw explain(exchange.failure ?? error, failed());
    }
  }

  /**
   * A process that was frozen wakes with its timers first, and learns only then which connections have died meanwhile.
   * A read on such a one is just sent again; of a write nobody would know whether it happened. One turn of the event
   * loop tells them apart.
   */
  async #noticeDeadConnections(signal: AbortSignal): Promise<void> {
    if (Math.abs(this.#clock.now() - this.#busyAt) > longPause) await sleep(0, systemClock, signal);
  }

  #count(name: string | null, kind: Kind, { attempts }: Exchange, consumed: Output['ConsumedCapacity']): void {
    this.#busyAt = this.#clock.now();
    this.#check.run();
    const units = [consumed ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
    this.#meter.add(name, { requests: attempts, [kind === 'read' ? 'readUnits' : 'writeUnits']: units });
  }

  #table(): { TableName: string; ReturnConsumedCapacity: 'TOTAL' } {
    return { TableName: this.#tableName, ReturnConsumedCapacity: 'TOTAL' };
  }
}

/** A write's input without what {@link Requests} adds. */
type WriteInput<Input> = Omit<Input, 'TableName' | 'ReturnValues' | 'ReturnConsumedCapacity'>;

/** An update's input, with the item that its answer holds: as it was, or as it is then. Either comes at no cost. */
export type UpdateInput = WriteInput<UpdateItemCommandInput> & { readonly ReturnValues: 'ALL_OLD' | 'ALL_NEW' };

const answerItem = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

class ConditionFailed extends Error {
  readonly item: Item | undefined;

  constructor(item: Item | undefined) {
    super('The condition was not met.');
    this.item = item;
  }
}

function isConditionFailure(error: unknown): error is { readonly Item?: Item } {
  return (error as { name?: unknown } | null)?.name === 'ConditionalCheckFailedException';
}

async function regionOf(client: DynamoDBClient): Promise<string> {
  try {
    return await client.config.region();
  } catch {
    return unknownRegion;
  }
}
