import type { CircuitRecord } from '../contract/record.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import { StorageError } from '../errors/storage-errors.js';
import { Draft } from '../machine/draft.js';
import { isCurrent } from '../machine/fence.js';
import type { Outcome } from '../machine/outcome.js';
import { mattersToFailures, mergeOutcomes, reportWrite, type ReportWrite } from '../machine/report.js';
import type { Rules } from '../machine/rules.js';
import { decidedTransition, type Transition } from '../machine/transition.js';
import { announceLate } from './announcements.js';
import { nextBatch, totalsOf, type Batch } from './batch.js';
import type { Call } from './call.js';
import type { Circuit } from './circuit.js';
import { isStorageFault, type Fallback } from './fallback.js';
import type { Answer, Port, WriteAnswer } from './port.js';
import type { Services } from './services.js';
import { isAmbiguous } from './store-client.js';

/** An outcome on its way to the store. */
export interface PendingEnd<Context> extends Outcome {
  readonly call: Call<Context>;
  /** With the storage error that kept the outcome from the store; null: none did. */
  readonly resolve: (error: CircuitryError | null) => void;
  readonly reject: (error: unknown) => void;
}

/** How often one batch is tried on records that changed under it; each time another worker made progress. */
const mostRebases = 32;

/**
 * Carries outcomes to the store. One write per circuit is on the wire at a time; ends that come meanwhile share the
 * next, in their order, as long as they have one fence, and cut where a transition would otherwise be hidden.
 */
export class Reporter<Context> {
  readonly #services: Services<Context>;
  readonly #fallback: Fallback<Context>;
  /** Circuits with ends on their way, whether or not the process still remembers them. */
  readonly #draining = new Set<Circuit<Context>>();

  constructor(services: Services<Context>, fallback: Fallback<Context>) {
    this.#services = services;
    this.#fallback = fallback;
  }

  /**
   * Null: there is nothing to report. Else resolves once the outcome is where it belongs: in the store; or, with the storage error that kept it from there,
   * in this process's own machine or nowhere; or nowhere because it came too late.
   */
  report(call: Call<Context>, outcome: Outcome): Promise<CircuitryError | null> | null {
    const { circuit } = call;
    if (call.decidedBy === 'allow' || !this.#mustWrite(call, outcome)) return null;
    const reported = new Promise<CircuitryError | null>((resolve, reject) => {
      const { kind, slow, at } = outcome;
      circuit.ends.push({ kind, slow, at, call, resolve, reject });
      circuit.draining ??= this.#drain(circuit);
    });
    if (outcome.kind !== 'failure') return reported;
    circuit.failuresOnTheWay += 1;
    return reported.finally(() => {
      circuit.failuresOnTheWay -= 1;
    });
  }

  /**
   * Sends the successes that wait in memory by now: those that come while it does wait for their own time, or a busy
   * circuit would write without a pause. Resolves once they are sent and nothing else is on its way.
   */
  async flush(circuit: Circuit<Context>): Promise<void> {
    if (circuit.buffer !== null) circuit.buffer.isDue = true;
    while (circuit.buffer?.isDue === true || circuit.draining !== null) {
      circuit.draining ??= this.#drain(circuit);
      await circuit.draining;
    }
  }

  /** Resolves once nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#draining.size > 0) await Promise.all([...this.#draining].map((circuit) => this.flush(circuit)));
  }

  #mustWrite(call: Call<Context>, outcome: Outcome): boolean {
    if (this.#services.settings.counting === 'all' || call.isTrial) return true;
    const { circuit } = call;
    return circuit.failuresOnTheWay > 0 || mattersToFailures(outcome, circuit.view?.record ?? call.record);
  }

  async #drain(circuit: Circuit<Context>): Promise<void> {
    this.#draining.add(circuit);
    for (let batch = nextBatch(circuit); batch !== null; batch = nextBatch(circuit)) {
      try {
        // A trial that this process allowed itself has no ticket in the store: there it must never count.
        if (batch.isLocalTrial) await this.#sendAll(circuit, batch, circuit.local, null);
        else this.#putBack(circuit, batch, await this.#send(circuit, batch, circuit.port, null));
      } catch (error) {
        await this.#withoutStore(circuit, batch, error);
      }
    }
    this.#draining.delete(circuit);
    circuit.draining = null;
  }

  /** What a cut left over goes first again: its order holds. */
  #putBack(circuit: Circuit<Context>, batch: Batch<Context>, taken: number): void {
    if (taken < batch.ends.length) circuit.ends.unshift(...batch.ends.slice(taken));
  }

  /** Writes the batch, or as much of it as one write may carry, and what it decides. Answers how many ends it took. */
  async #send(
    circuit: Circuit<Context>,
    batch: Batch<Context>,
    port: Port,
    error: CircuitryError | null,
  ): Promise<number> {
    const { fence, ends } = batch;
    let base = baseFor(circuit, batch);
    for (let tries = 0; tries < mostRebases; tries += 1) {
      // What waited in memory is merged already, and goes onto another record as it is.
      const now = this.#services.time.now();
      const draft = batch.buffered ?? new Draft(base, now, circuit.rules);
      const taken = batch.merged ?? mergeOutcomes(draft, ends);
      if (batch.buffered !== null) batch.merged = taken;
      const answer = await write(port, reportWrite(base, draft, now, circuit.rules, tries === 0), base);
      if (answer.applied) {
        const decided = decidedBy(answer, circuit.rules);
        if (decided !== null) await this.#storeDecided(circuit, port, decided);
        for (let index = 0; index < taken; index += 1) ends[index]?.resolve(error);
        return taken;
      }
      if (!isCurrent(fence, answer.record)) {
        this.#dropLate(circuit, batch, answer.record, error);
        return ends.length;
      }
      base = answer.record;
    }
    throw new StorageError(
      `Circuit ${JSON.stringify(circuit.name)} changed ${mostRebases} times while outcomes were written to it: they were given up.`,
    );
  }

  /** Stores what the outcomes decided, until it is stored or another worker's record decides otherwise. */
  async #storeDecided(circuit: Circuit<Context>, port: Port, first: Transition): Promise<void> {
    let decided: Transition | null = first;
    for (let tries = 0; tries < mostRebases && decided !== null; tries += 1) {
      let answer: WriteAnswer;
      try {
        answer = await port.transition(decided);
      } catch (error) {
        // The outcomes are in the store: whoever reads them next finishes the transition. Counting them again would be wrong.
        if (isStorageFault(error)) return;
        throw error;
      }
      if (answer.applied) return;
      decided = decidedBy(answer, circuit.rules);
    }
  }

  async #withoutStore(circuit: Circuit<Context>, batch: Batch<Context>, error: unknown): Promise<void> {
    if (!isStorageFault(error)) {
      for (const end of batch.ends) end.reject(error);
      return;
    }
    const port = this.#fallback.portFor(circuit);
    if (port === null) {
      for (const end of batch.ends) end.resolve(error);
      return;
    }
    // Nothing is sent again after an ambiguous error: what may have been counted is kept out of the totals.
    if (!isAmbiguous(error)) port.keepForTotals(batch.fence, totalsOf(batch));
    await this.#sendAll(circuit, batch, port, error);
    this.#fallback.settle(circuit);
  }

  /** Without a port, the machine that allowed a local trial is gone: it came too late. */
  async #sendAll(
    circuit: Circuit<Context>,
    batch: Batch<Context>,
    port: Port | null,
    error: CircuitryError | null,
  ): Promise<void> {
    if (port === null) return this.#dropLate(circuit, batch, circuit.view?.record ?? null, error);
    let left = batch;
    do {
      const taken = await this.#send(circuit, left, port, error);
      left = { ...left, ends: left.ends.slice(taken), buffered: null, merged: null };
    } while (left.ends.length > 0);
  }

  #dropLate(
    circuit: Circuit<Context>,
    batch: Batch<Context>,
    record: CircuitRecord | null,
    error: CircuitryError | null,
  ): void {
    announceLate(this.#services, circuit, batch, record);
    for (const end of batch.ends) end.resolve(error);
  }
}

/**
 * The record to write on: the one last seen if the outcomes still count there. Otherwise the calls' own, whose revision
 * is over: only the answer to a write made for these outcomes may call them late, never a view.
 */
function baseFor<Context>(circuit: Circuit<Context>, batch: Batch<Context>): CircuitRecord | null {
  const seen = circuit.view;
  return seen !== null && isCurrent(batch.fence, seen.record) ? seen.record : batch.record;
}

function decidedBy({ record, now }: Answer, rules: Rules): Transition | null {
  return record === null ? null : decidedTransition(record, now, rules);
}

function write(port: Port, planned: ReportWrite, base: CircuitRecord | null): Promise<WriteAnswer> {
  if (planned.kind === 'store') return port.store(base, planned.next, planned.expect);
  return port.apply(base as CircuitRecord, planned.delta);
}
