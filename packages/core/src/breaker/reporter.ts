import type { CircuitRecord } from '../contract/record.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import type { Outcome, OutcomeKind } from '../machine/outcome.js';
import { mattersToFailures } from '../machine/report.js';
import { announceLate } from './announcements.js';
import { nextBatch, totalsOf, type Batch } from './batch.js';
import type { Call } from './call.js';
import type { Circuit } from './circuit.js';
import { Delivery, type Courier } from './delivery.js';
import { isAmbiguous, isStorageFault } from './failures.js';
import type { Fallback } from './fallback.js';
import type { Port } from './port.js';
import type { Services } from './services.js';
import { soon } from './soon.js';

/** Who waits for an outcome to be where it belongs: one of the two is called, once. */
export interface Reported {
  /** With the storage error that kept the outcome from the store; null: none did. */
  over(error: CircuitryError | null): void;
  /** What should never happen: a fault of ours. */
  fail(error: unknown): void;
}

/** An outcome on its way to the store. */
export interface PendingEnd<Context> extends Outcome {
  readonly call: Call<Context>;
  readonly reported: Reported;
}

/**
 * Carries outcomes to the store. One write per circuit is on the wire at a time; ends that come meanwhile share the
 * next, in their order, as long as they have one fence, and cut where a transition would otherwise be hidden.
 */
export class Reporter<Context> implements Courier<Context> {
  readonly #services: Services<Context>;
  readonly #fallback: Fallback<Context>;
  /** How many circuits have ends on their way, whether or not the process still remembers them. */
  #sending = 0;
  readonly #onIdle: (() => void)[] = [];

  constructor(services: Services<Context>, fallback: Fallback<Context>) {
    this.#services = services;
    this.#fallback = fallback;
  }

  /**
   * Tells once the outcome is where it belongs: in the store; or, with the storage error that kept it from there, in
   * this process's own machine or nowhere; or nowhere because it came too late, or because it belongs nowhere.
   */
  report(call: Call<Context>, kind: OutcomeKind, slow: boolean, at: number, reported: Reported): void {
    const { circuit } = call;
    if (call.decidedBy === 'allow' || !this.#mustWrite(call, kind)) return reported.over(null);
    if (kind === 'failure') circuit.failuresOnTheWay += 1;
    circuit.ends.push({ kind, slow, at, openFor: null, failure: null, call, reported });
    if (!circuit.isSending) this.#start(circuit);
  }

  /**
   * Sends the successes that wait in memory by now: those that come while it does wait for their own time, or a busy
   * circuit would write without a pause. Resolves once they are sent and nothing else is on its way.
   */
  async flush(circuit: Circuit<Context>): Promise<void> {
    if (circuit.buffer !== null) circuit.buffer.isDue = true;
    while (circuit.buffer?.isDue === true || circuit.isSending) {
      const sent = new Promise<void>((resolve) => circuit.onSent.push(resolve));
      if (!circuit.isSending) this.#start(circuit);
      await sent;
    }
  }

  /** Resolves once nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#sending > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** Of {@link Courier}. What a cut left over goes first again: its order holds. */
  delivered({ circuit, batch, port, error }: Delivery<Context>, taken: number): void {
    const { ends } = batch;
    for (let index = 0; index < taken; index += 1) over(ends[index] as PendingEnd<Context>, error);
    if (taken === ends.length) return this.#over(circuit, error);
    const left = ends.slice(taken);
    if (port === circuit.port) {
      circuit.ends.unshift(...left);
      this.#over(circuit, error);
    } else this.#deliver(circuit, { ...batch, ends: left, buffered: null, merged: null }, port, error);
  }

  /** Of {@link Courier}. */
  late({ circuit, batch, error }: Delivery<Context>, record: CircuitRecord | null): void {
    this.#drop(circuit, batch, record, error);
  }

  /** Of {@link Courier}. */
  failed({ circuit, batch, port }: Delivery<Context>, error: unknown): void {
    const isStores = port === circuit.port && isStorageFault(error);
    const local = isStores ? this.#fallback.portFor(circuit) : null;
    if (local !== null) {
      // Nothing is sent again after an ambiguous error: what may have been counted is kept out of the totals.
      if (!isAmbiguous(error)) local.keepForTotals(batch.fence, totalsOf(batch));
      this.#deliver(circuit, batch, local, error as CircuitryError);
      return;
    }
    for (const end of batch.ends) {
      if (isStores) over(end, error);
      else {
        noteEnded(end);
        end.reported.fail(error);
      }
    }
    this.#over(circuit, null);
  }

  #mustWrite(call: Call<Context>, kind: OutcomeKind): boolean {
    if (this.#services.settings.counting === 'all' || call.isTrial) return true;
    const { circuit } = call;
    return circuit.failuresOnTheWay > 0 || mattersToFailures(kind, circuit.view?.record ?? call.record);
  }

  #start(circuit: Circuit<Context>): void {
    circuit.isSending = true;
    this.#sending += 1;
    // Not at once: calls that were admitted together end together, and must not wait for a write of the first alone.
    soon(() => this.#sendNext(circuit));
  }

  #sendNext(circuit: Circuit<Context>): void {
    const batch = nextBatch(circuit);
    if (batch === null) return this.#allSent(circuit);
    // A trial that this process allowed itself has no ticket in the store: there it must never count.
    if (!batch.isLocalTrial) return this.#deliver(circuit, batch, circuit.port, null);
    if (circuit.local !== null) return this.#deliver(circuit, batch, circuit.local, null);
    // The machine that allowed it is gone: it came too late.
    this.#drop(circuit, batch, circuit.view?.record ?? null, null);
  }

  /** The batch came too late. */
  #drop(
    circuit: Circuit<Context>,
    batch: Batch<Context>,
    record: CircuitRecord | null,
    error: CircuitryError | null,
  ): void {
    announceLate(this.#services, circuit, batch, record);
    for (const end of batch.ends) over(end, error);
    this.#over(circuit, error);
  }

  #deliver(circuit: Circuit<Context>, batch: Batch<Context>, port: Port, error: CircuitryError | null): void {
    new Delivery(this.#services, this, circuit, batch, port, error).send();
  }

  /** @param error what kept the batch from the store; null: nothing did */
  #over(circuit: Circuit<Context>, error: CircuitryError | null): void {
    if (error !== null) this.#fallback.settle(circuit);
    this.#sendNext(circuit);
  }

  #allSent(circuit: Circuit<Context>): void {
    circuit.isSending = false;
    this.#sending -= 1;
    if (circuit.onSent.length > 0) callAll(circuit.onSent.splice(0));
    if (this.#sending === 0 && this.#onIdle.length > 0) callAll(this.#onIdle.splice(0));
  }
}

function over<Context>(end: PendingEnd<Context>, error: CircuitryError | null): void {
  noteEnded(end);
  end.reported.over(error);
}

function noteEnded<Context>({ call, kind }: PendingEnd<Context>): void {
  if (kind === 'failure') call.circuit.failuresOnTheWay -= 1;
}

function callAll(callbacks: readonly (() => void)[]): void {
  for (const callback of callbacks) callback();
}
