import { meetsExpectation, type CircuitRecord, type Delta, type StoreOptions } from '@circuitry/core';
import type { StoredCircuit } from '../record/read-circuit.js';
import { updatedRecord } from '../record/update.js';
import { Reads, type CircuitCall } from './reads.js';
import { mostTries, restless, Writes, type WritesParts, type Written } from './writes.js';

/** One circuit's item: read with one request, and written with one wherever DynamoDB's expressions take the write. */
export class Circuits {
  readonly #requests: WritesParts['requests'];
  readonly #reads: Reads;
  readonly #writes: Writes;

  constructor(parts: WritesParts) {
    this.#requests = parts.requests;
    this.#reads = new Reads(parts);
    this.#writes = new Writes(parts, this.#reads);
  }

  async retrieve(call: CircuitCall): Promise<CircuitRecord | null> {
    return (await this.#reads.get(call))?.record ?? null;
  }

  async apply(call: CircuitCall, revision: number, delta: Delta, ttl: number): Promise<Written> {
    return this.#writes.takesDelta(revision, delta)
      ? this.#writes.update(call, revision, delta, ttl)
      : this.#applyWhole(call, revision, delta, ttl);
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
      return meetsExpectation({}, expect) ? this.#writes.put(call, { revision }, next, 0, ttl) : this.#lost(call);
    }
    const expectation = expect === undefined ? { revision } : { revision, counters: expect };
    return this.#writes.takesExpectation(expectation)
      ? this.#writes.put(call, expectation, next, 0, ttl)
      : this.#storeWhole(call, revision, next, options);
  }

  async delete(call: CircuitCall): Promise<void> {
    await this.#requests.delete(this.#reads.key(call), call);
  }

  /**
   * `apply` for a delta of more counters than one request's expressions take: the whole item is replaced, on condition
   * that nothing was applied since it was read. One more read, and another try for each apply that came between.
   */
  #applyWhole(call: CircuitCall, revision: number, delta: Delta, ttl: number): Promise<Written> {
    return this.#untilUnchanged(call, revision, ({ record, applies }) => {
      const next = updatedRecord(call.name, record, delta);
      return this.#writes.put(call, { revision, applies }, next, applies + 1, ttl);
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
      return this.#writes.put(call, { revision, applies }, next, 0, ttl);
    });
  }

  async #untilUnchanged(
    call: CircuitCall,
    revision: number,
    write: (stored: StoredCircuit) => Promise<Written> | null,
  ): Promise<Written> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const stored = await this.#reads.get(call);
      if (stored?.record.revision !== revision) return { applied: false, record: stored?.record ?? null };
      const written = await write(stored);
      if (written === null) return { applied: false, record: stored.record };
      if (written.applied) return written;
    }
    throw restless(call.name);
  }

  async #lost(call: CircuitCall): Promise<Written> {
    return { applied: false, record: await this.retrieve(call) };
  }
}
