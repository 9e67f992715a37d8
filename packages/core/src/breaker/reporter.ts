import type { CircuitRecord } from '../contract/record.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import { StorageError } from '../errors/storage-errors.js';
import { Draft } from '../machine/draft.js';
import { isCurrent, sameFence } from '../machine/fence.js';
import { informationOf } from '../machine/information.js';
import type { Outcome } from '../machine/outcome.js';
import { mattersToFailures, mergeOutcomes, reportWrite } from '../machine/report.js';
import { decidedTransition } from '../machine/transition.js';
import type { Call } from './call.js';
import type { Circuit } from './circuit.js';
import { isStorageFault, type Fallback } from './fallback.js';
import type { Port, WriteAnswer } from './port.js';
import type { Services } from './services.js';
import { isAmbiguous, type StoreClient } from './store-client.js';

/** An outcome on its way to the store. */
export interface PendingEnd<Context> {
  readonly call: Call<Context>;
  readonly outcome: Outcome;
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
  readonly #client: StoreClient<Context>;
  readonly #fallback: Fallback<Context>;

  constructor(services: Services<Context>, client: StoreClient<Context>, fallback: Fallback<Context>) {
    this.#services = services;
    this.#client = client;
    this.#fallback = fallback;
  }

  /**
   * Resolves once the outcome is where it belongs: in the store; or, with the storage error that kept it from there,
   * in this process's own machine or nowhere; or nowhere because it came too late.
   */
  report(call: Call<Context>, outcome: Outcome): Promise<CircuitryError | null> {
    if (call.decidedBy === 'allow') return Promise.resolve(null);
    const { circuit } = call;
    if (this.#services.settings.counting === 'failures' && !this.#mustWrite(call, outcome)) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      circuit.ends.push({ call, outcome, resolve, reject });
      circuit.draining ??= this.#drain(circuit);
    });
  }

  /** Resolves once nothing is on its way. */
  async idle(): Promise<void> {
    for (const circuit of this.#services.circuits.values()) {
      while (circuit.draining !== null) await circuit.draining;
    }
  }

  #mustWrite(call: Call<Context>, outcome: Outcome): boolean {
    return call.hasTicket || mattersToFailures(outcome, call.circuit.view?.record ?? call.record);
  }

  async #drain(circuit: Circuit<Context>): Promise<void> {
    while (circuit.ends.length > 0) {
      const batch = takeBatch(circuit.ends);
      try {
        if (isLocalTrial((batch[0] as PendingEnd<Context>).call)) {
          await this.#endLocalTrials(circuit, batch);
          continue;
        }
        const taken = await this.#send(batch, this.#client.portOf(circuit), null);
        // What a cut left over goes first again: its order holds.
        if (taken < batch.length) circuit.ends.unshift(...batch.slice(taken));
      } catch (error) {
        await this.#withoutStore(circuit, batch, error);
      }
    }
    circuit.draining = null;
  }

  /** Writes the batch, or as much of it as one write may carry, and what it decides. Answers how many it took. */
  async #send(batch: readonly PendingEnd<Context>[], port: Port, error: CircuitryError | null): Promise<number> {
    const first = batch[0] as PendingEnd<Context>;
    const { circuit, fence } = first.call;
    const outcomes = batch.map((end) => end.outcome);
    let base = this.#baseFor(first.call);
    for (let tries = 0; tries < mostRebases; tries += 1) {
      const now = this.#services.time.now();
      const draft = new Draft(base, now, circuit.rules);
      const taken = mergeOutcomes(draft, outcomes);
      const answer = await this.#write(port, circuit, base, draft, tries === 0);
      if (answer.applied) {
        await this.#settleTransition(circuit, port, answer);
        for (let index = 0; index < taken; index += 1) (batch[index] as PendingEnd<Context>).resolve(error);
        return taken;
      }
      if (!isCurrent(fence, answer.record)) {
        for (const end of batch) this.#dropLate(end, answer.record, error);
        return batch.length;
      }
      base = answer.record;
    }
    throw new StorageError(
      `Circuit ${JSON.stringify(circuit.name)} changed ${mostRebases} times while outcomes were written to it: they were given up.`,
    );
  }

  /**
   * The record to write on: the one last seen if the outcome still counts there. Otherwise the call's own, whose
   * revision is over: only the answer to a write made for this outcome may call it late, never a view.
   */
  #baseFor(call: Call<Context>): CircuitRecord | null {
    const { view } = call.circuit;
    return view !== null && isCurrent(call.fence, view.record) ? view.record : call.record;
  }

  #write(port: Port, circuit: Circuit<Context>, base: CircuitRecord | null, draft: Draft, mayAdopt: boolean): Promise<WriteAnswer> {
    const write = reportWrite(base, draft, this.#services.time.now(), circuit.rules, mayAdopt);
    if (write.kind === 'store') return port.store(base, write.next, write.expect);
    return port.apply(base as CircuitRecord, write.delta);
  }

  /** Stores what the outcomes decided, until it is stored or another worker's record decides otherwise. */
  async #settleTransition(circuit: Circuit<Context>, port: Port, written: WriteAnswer): Promise<void> {
    let { record, now } = written;
    for (let tries = 0; tries < mostRebases && record !== null; tries += 1) {
      const transition = decidedTransition(record, now, circuit.rules);
      if (transition === null) return;
      let answer: WriteAnswer;
      try {
        answer = await port.transition(transition);
      } catch (error) {
        // The outcomes are in the store: whoever reads them next finishes the transition. Counting them again would be wrong.
        if (isStorageFault(error)) return;
        throw error;
      }
      if (answer.applied) return;
      ({ record, now } = answer);
    }
  }

  async #withoutStore(circuit: Circuit<Context>, batch: readonly PendingEnd<Context>[], error: unknown): Promise<void> {
    if (!isStorageFault(error)) {
      for (const end of batch) end.reject(error);
      return;
    }
    const port = this.#fallback.portFor(circuit);
    if (port === null) {
      for (const end of batch) end.resolve(error);
      return;
    }
    // Nothing is sent again after an ambiguous error: what may have been counted is kept out of the totals.
    if (!isAmbiguous(error)) for (const { call, outcome } of batch) port.keepForTotals(call.fence, outcome);
    await this.#sendAll(batch, port, error);
  }

  /** A trial that this process allowed itself has no ticket in the store: there it must never count. */
  async #endLocalTrials(circuit: Circuit<Context>, batch: readonly PendingEnd<Context>[]): Promise<void> {
    if (circuit.local !== null) await this.#sendAll(batch, circuit.local, null);
    else for (const end of batch) this.#dropLate(end, circuit.view?.record ?? null, null);
  }

  async #sendAll(batch: readonly PendingEnd<Context>[], port: Port, error: CircuitryError | null): Promise<void> {
    let left = batch;
    while (left.length > 0) left = left.slice(await this.#send(left, port, error));
  }

  #dropLate({ call, outcome, resolve }: PendingEnd<Context>, record: CircuitRecord | null, error: CircuitryError | null): void {
    const { reports, time } = this.#services;
    const { name, circuit, context, rules } = call.circuit;
    if (reports.isHeard('lateOutcome')) {
      const information = informationOf(record, time.now(), rules);
      reports.emit('lateOutcome', { name, circuit, context, outcome: outcome.kind, information });
    }
    resolve(error);
  }
}

/** The longest run of ends, from the first on, that may share a write. */
function takeBatch<Context>(ends: PendingEnd<Context>[]): PendingEnd<Context>[] {
  const { call: first } = ends[0] as PendingEnd<Context>;
  const fits = ({ call }: PendingEnd<Context>): boolean =>
    sameFence(first.fence, call.fence) && isLocalTrial(first) === isLocalTrial(call);
  let count = 1;
  while (count < ends.length && fits(ends[count] as PendingEnd<Context>)) count += 1;
  return ends.splice(0, count);
}

function isLocalTrial<Context>(call: Call<Context>): boolean {
  return call.decidedBy === 'local' && call.hasTicket;
}
