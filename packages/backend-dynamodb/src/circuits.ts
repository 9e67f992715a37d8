import {
  applyDelta,
  meetsExpectation,
  StorageError,
  type CircuitRecord,
  type Delta,
  type NamedRecord,
  type StoreOptions,
} from '@circuitry/core';
import { conditionFor, type Expectation } from './item/conditions.js';
import { fits, Placeholders } from './item/expression.js';
import type { Item } from './item/item.js';
import type { Keys } from './item/key.js';
import { putBackIfCorrupt } from './put-back.js';
import { readCircuit, type StoredCircuit } from './item/read-circuit.js';
import { updateFor } from './item/update.js';
import { circuitItem, recordEnd } from './item/write-circuit.js';
import type { OpenCalls } from './requests/open-calls.js';
import type { Call, Requests, WriteAnswer } from './requests/requests.js';
import type { ServerTime } from './requests/server-time.js';

/** How often a write is tried against a circuit that changes between its reading and its writing. */
const mostTries = 50;

/** For reading an item back that was written just now: however short its ttl is, it was not over then. */
const justWritten = 0;

interface CircuitsParts {
  readonly requests: Requests;
  readonly keys: Keys;
  readonly time: ServerTime;
  readonly ttlAttribute: string;
}

/** A call for one circuit. */
type CircuitCall = Call & { readonly name: string };

/** A listing under way. */
export interface Listing {
  readonly prefix: string;
  readonly pageSize: number | undefined;
  readonly calls: OpenCalls;
  readonly signal: AbortSignal | undefined;
}

/** A write's answer: whether it was applied, and the record as it stands after it. */
export interface Written {
  readonly applied: boolean;
  readonly record: CircuitRecord | null;
}

/** The circuits' items: one each, read with one request and written with one. */
export class Circuits {
  readonly #parts: CircuitsParts;

  constructor(parts: CircuitsParts) {
    this.#parts = parts;
  }

  async retrieve(call: CircuitCall): Promise<CircuitRecord | null> {
    return (await this.#get(call))?.record ?? null;
  }

  async apply(call: CircuitCall, revision: number, delta: Delta, ttl: number): Promise<Written> {
    const { update, condition } = this.#expressionsFor(revision, delta, 0, ttl);
    if (!fits(update) || !fits(condition)) return this.#applyWhole(call, revision, delta, ttl);
    return this.#attempt(call, { revision }, () => this.#update(call, revision, delta, ttl));
  }

  async store(
    call: CircuitCall,
    revision: number | null,
    next: CircuitRecord,
    options: StoreOptions,
  ): Promise<Written> {
    const { ttl, expect } = options;
    // Without a record every counter counts as 0, and there is nothing to compare in the store.
    if (revision === null) {
      return meetsExpectation({}, expect) ? this.#put(call, { revision }, next, 0, ttl) : this.#lost(call);
    }
    const expectation = expect === undefined ? { revision } : { revision, counters: expect };
    const condition = conditionFor(expectation, this.#parts.keys.partitionKey, 0, new Placeholders());
    return fits(condition)
      ? this.#put(call, expectation, next, 0, ttl)
      : this.#storeWhole(call, revision, next, options);
  }

  async delete(call: CircuitCall): Promise<void> {
    await this.#parts.requests.delete(this.#key(call), call);
  }

  /** Pages through the whole table: only keys tell which items are circuits. */
  async *list(listing: Listing): AsyncGenerator<NamedRecord[]> {
    const { keys, requests } = this.#parts;
    const { prefix, pageSize, calls, signal: outer } = listing;
    // DynamoDB compares bytes: half a surrogate pair at the prefix's end is left for `startsWith`.
    const beginning = keys.beginning('circuit') + prefix.replace(/[\uD800-\uDBFF]$/, '');
    let from: Item | undefined;
    do {
      const request = { partitionKey: keys.partitionKey, beginning, limit: pageSize, from };
      const page = await calls.run(outer, (signal) => requests.scan(request, { name: null, signal }));
      yield this.#recordsOf(page.Items ?? [], prefix);
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
  }

  #recordsOf(items: readonly Item[], prefix: string): NamedRecord[] {
    const records: NamedRecord[] = [];
    for (const item of items) {
      const name = this.#parts.keys.circuitNameOf(item);
      if (name === null || !name.startsWith(prefix)) continue;
      const stored = readCircuit(name, item, this.#parts.time.now());
      if (stored !== null) records.push({ name, record: stored.record });
    }
    return records;
  }

  /**
   * `apply` for a delta of more counters than one request's expressions take: the whole item is replaced, on condition
   * that nothing was applied since it was read. One more read, and another try for each apply that came between.
   */
  #applyWhole(call: CircuitCall, revision: number, delta: Delta, ttl: number): Promise<Written> {
    return this.#untilUnchanged(call, revision, ({ record, applies }) => {
      const next = { ...record, counters: applyDelta(record.counters, delta) };
      return this.#put(call, { revision, applies }, next, applies + 1, ttl);
    });
  }

  /** `store` that expects more counters than one condition expression takes: in the same way. */
  #storeWhole(
    call: CircuitCall,
    revision: number,
    next: CircuitRecord,
    { ttl, expect }: StoreOptions,
  ): Promise<Written> {
    return this.#untilUnchanged(call, revision, ({ record, applies }) => {
      if (!meetsExpectation(record.counters, expect)) return null;
      return this.#put(call, { revision, applies }, next, 0, ttl);
    });
  }

  async #untilUnchanged(
    call: CircuitCall,
    revision: number,
    write: (stored: StoredCircuit) => Promise<Written> | null,
  ): Promise<Written> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const stored = await this.#get(call);
      if (stored?.record.revision !== revision) return { applied: false, record: stored?.record ?? null };
      const written = await write(stored);
      if (written === null) return { applied: false, record: stored.record };
      if (written.applied) return written;
    }
    throw restless(call.name);
  }

  /** One conditional update. */
  async #update(call: CircuitCall, revision: number, delta: Delta, ttl: number): Promise<WriteAnswer> {
    const { requests, time } = this.#parts;
    const { update, condition, to } = this.#expressionsFor(revision, delta, time.now(), ttl);
    const input = { Key: this.#key(call), UpdateExpression: update, ConditionExpression: condition, ...to.toInput() };
    try {
      return await requests.update(input, { ...call, repeatable: false });
    } catch (error) {
      // DynamoDB refuses to add to what is no number: reading tells which counter that is.
      if (isInvalid(error)) await this.#get(call);
      throw error;
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
    return { update, condition: conditionFor({ revision }, keys.partitionKey, now, to, countersOf(delta)), to };
  }

  #put(
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
      const key = this.#key(call);
      const item = { ...key, ...circuitItem(next, applies, recordEnd(now, ttl), ttlAttribute) };
      const answer = await requests.put(key, { Item: item, ConditionExpression: condition, ...to.toInput() }, call);
      if (!answer.applied) return answer;
      await putBackIfCorrupt({ requests, call, key, old: answer.item, put: item, now });
      // What was put is what stands there: read back from what was sent, so the answer shares nothing with `next`.
      return { applied: true, item };
    });
  }

  /**
   * Sends a conditional write, and again where it was not applied although the item that came back meets its condition:
   * a ttl ended in between, or a server that answers no item had to be asked for it a moment later. Such an answer would
   * be true of no moment.
   */
  async #attempt(call: CircuitCall, expectation: Expectation, send: () => Promise<WriteAnswer>): Promise<Written> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const { applied, item } = await send();
      if (applied) return { applied, record: readCircuit(call.name, item, justWritten)?.record ?? null };
      const stored = this.#read(call, item);
      if (!meets(stored, expectation)) return { applied, record: stored?.record ?? null };
    }
    throw restless(call.name);
  }

  async #lost(call: CircuitCall): Promise<Written> {
    return { applied: false, record: await this.retrieve(call) };
  }

  async #get(call: CircuitCall): Promise<StoredCircuit | null> {
    return this.#read(call, await this.#parts.requests.get(this.#key(call), call));
  }

  #read({ name }: CircuitCall, item: Item | undefined): StoredCircuit | null {
    return readCircuit(name, item, this.#parts.time.now());
  }

  #key({ name }: CircuitCall): Item {
    return this.#parts.keys.key('circuit', name);
  }
}

/** Whether a record is what a write expects to find. */
function meets(stored: StoredCircuit | null, { revision, applies, counters }: Expectation): boolean {
  if (stored === null || revision === null) return stored === null && revision === null;
  const { record } = stored;
  if (record.revision !== revision || (applies !== undefined && stored.applies !== applies)) return false;
  return meetsExpectation(record.counters, counters);
}

function restless(name: string): StorageError {
  return new StorageError(
    `Circuit ${JSON.stringify(name)} changed during each of ${mostTries} tries to write it. Nothing was written. ` +
      'Fewer or larger window buckets keep a write within one DynamoDB expression.',
  );
}

function countersOf({ add = {}, set = {}, drop = [] }: Delta): string[] {
  return [...Object.keys(add), ...Object.keys(set), ...drop];
}

function isInvalid(error: unknown): boolean {
  const { cause } = error as { cause?: { name?: unknown } };
  return cause?.name === 'ValidationException';
}
