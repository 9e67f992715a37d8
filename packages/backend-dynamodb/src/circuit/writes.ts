import { meetsExpectation, StorageError, type CircuitRecord, type Clock, type Delta } from '@circuitry/core';
import { conditionFor, type Expectation } from '../record/conditions.js';
import { fits, Placeholders } from '../record/expression.js';
import type { Item } from '../record/item.js';
import { readCircuit, type StoredCircuit } from '../record/read-circuit.js';
import { updatedItem, updatedRecord, updateFor } from '../record/update.js';
import { circuitItem, recordEnd } from '../record/write-circuit.js';
import { isTroubled, type PendingCalls } from '@circuitry/core/backend';
import type { UpdateInput, WriteAnswer } from '../requests/requests.js';
import type { CircuitCall, Reads, ReadsParts } from './reads.js';
import { takeBack } from './take-back.js';

/** How often a write is tried against a circuit that changes between its reading and its writing. */
export const mostTries = 50;

/** For reading an item that was written just now, or was just written to: however short its ttl is, it was not over then. */
const justWritten = 0;

/** What writing circuits takes. */
export interface WritesParts extends ReadsParts {
  readonly calls: PendingCalls;
  readonly clock: Clock;
  readonly ttlAttribute: string;
}

/** A write's answer: whether it was applied, and the record as it stands after it. */
export interface Written {
  readonly applied: boolean;
  readonly record: CircuitRecord | null;
}

/** What one request came to; the item is the one that did not meet its condition, undefined for none. */
type Sent =
  | { readonly applied: true; readonly record: CircuitRecord }
  | { readonly applied: false; readonly item: Item | undefined };

/** The conditional writes of one circuit's item, one request each. */
export class Writes {
  readonly #parts: WritesParts;
  readonly #reads: Reads;

  constructor(parts: WritesParts, reads: Reads) {
    this.#parts = parts;
    this.#reads = reads;
  }

  /** Whether one request's expressions take a delta of so many counters. */
  takesDelta(revision: number, delta: Delta): boolean {
    const { update, condition } = this.#expressionsFor(revision, delta, 0, Infinity);
    return fits(update) && fits(condition);
  }

  /** Whether one condition expression takes an expectation of so many counters. */
  takesExpectation(expectation: Expectation): boolean {
    return fits(conditionFor(expectation, this.#parts.keys.partitionKey, 0, new Placeholders()));
  }

  /** One conditional update. Its answer holds the item as it was: the delta is added to that here, for the record. */
  update(call: CircuitCall, revision: number, delta: Delta, ttl: number): Promise<Written> {
    const send = async (): Promise<Sent> => {
      const { update, condition, to } = this.#expressionsFor(revision, delta, this.#parts.time.now(), ttl);
      const key = this.#reads.key(call);
      const input = { UpdateExpression: update, ConditionExpression: condition, ...to.toInput() };
      const { applied, item } = await this.#sendUpdate(call, { ...input, Key: key, ReturnValues: 'ALL_OLD' });
      if (!applied) return { applied, item };
      const old = item as Item;
      const met = await this.#wholeOrTakenBack(call, old, () => updatedItem(old, delta), justWritten);
      return { applied, record: updatedRecord(call.name, (met as StoredCircuit).record, delta) };
    };
    // The condition asks for nothing else that a whole record of this revision could lack: then a sum was too great.
    return this.#attempt(call, { revision }, send, (record) => updatedRecord(call.name, record, delta));
  }

  /** One conditional put, with the count of applies that it leaves. Its answer holds the item that it replaced. */
  put(
    call: CircuitCall,
    expectation: Expectation,
    next: CircuitRecord,
    applies: number,
    ttl: number,
  ): Promise<Written> {
    const { keys, requests, time, ttlAttribute } = this.#parts;
    return this.#attempt(call, expectation, async () => {
      const now = time.now();
      const to = new Placeholders();
      const condition = conditionFor(expectation, keys.partitionKey, now, to);
      const key = this.#reads.key(call);
      const indexKey = isTroubled(next) ? keys.troubledKey(call.name) : {};
      const put = { ...key, ...indexKey, ...circuitItem(next, applies, recordEnd(now, ttl), ttlAttribute) };
      const answer = await requests.put(key, { Item: put, ConditionExpression: condition, ...to.toInput() }, call);
      if (!answer.applied) return answer;
      await this.#wholeOrTakenBack(call, answer.item, () => put, now);
      // What was put is what stands there: read back from what was sent, so the answer shares nothing with `next`.
      return { applied: true, record: (readCircuit(call.name, put, justWritten) as StoredCircuit).record };
    });
  }

  async #sendUpdate(call: CircuitCall, input: UpdateInput): Promise<WriteAnswer> {
    try {
      return await this.#parts.requests.update(input, { ...call, repeatable: false });
    } catch (error) {
      // DynamoDB refuses to add to a number of too many digits: reading tells which counter that is.
      if (isInvalid(error)) await this.#reads.get(call);
      throw error;
    }
  }

  /** The circuit that a write met, as its answer shows it. A write that met damage is taken back (clause E3). */
  async #wholeOrTakenBack(
    call: CircuitCall,
    old: Item | undefined,
    left: () => Item,
    now: number,
  ): Promise<StoredCircuit | null> {
    try {
      return readCircuit(call.name, old, now);
    } catch (damage) {
      await takeBack(this.#parts, { call, key: this.#reads.key(call), old: old as Item, left: left(), damage });
      throw damage;
    }
  }

  #expressionsFor(
    revision: number,
    delta: Delta,
    now: number,
    ttl: number,
  ): { readonly update: string; readonly condition: string; readonly to: Placeholders } {
    const { keys, ttlAttribute } = this.#parts;
    const to = new Placeholders();
    const update = updateFor(delta, recordEnd(now, ttl), ttlAttribute, to);
    return { update, condition: conditionFor({ revision }, keys.partitionKey, now, to, delta), to };
  }

  /**
   * Sends a conditional write, and again where it was not applied although the item that came back meets its condition:
   * a ttl ended in between, or a server that answers no item had to be asked for it a moment later. Such an answer would
   * be true of no moment.
   *
   * @param refuse throws where such an item can't be written to for another reason
   */
  async #attempt(
    call: CircuitCall,
    expectation: Expectation,
    send: () => Promise<Sent>,
    refuse: (record: CircuitRecord) => void = () => {},
  ): Promise<Written> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const sent = await send();
      if (sent.applied) return sent;
      const stored = this.#reads.read(call, sent.item);
      if (!meets(stored, expectation)) return { applied: false, record: stored?.record ?? null };
      if (stored !== null) refuse(stored.record);
    }
    throw restless(call.name);
  }
}

/** Whether a record is what a write expects to find. */
function meets(stored: StoredCircuit | null, { revision, applies, counters }: Expectation): boolean {
  if (stored === null || revision === null) return stored === null && revision === null;
  const { record } = stored;
  if (record.revision !== revision || (applies !== undefined && stored.applies !== applies)) return false;
  return meetsExpectation(record.counters, counters);
}

/** The error for a circuit that never stands still for a write. */
export function restless(name: string): StorageError {
  return new StorageError(
    `Circuit ${JSON.stringify(name)} changed during each of ${mostTries} tries to write it. Nothing was written. ` +
      'Fewer or larger window buckets keep a write within one DynamoDB expression.',
    { scope: 'circuit' },
  );
}

function isInvalid(error: unknown): boolean {
  const { cause } = error as { cause?: { name?: unknown } };
  return cause?.name === 'ValidationException';
}
