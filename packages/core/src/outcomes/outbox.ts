import type { Call } from '../call/call.js';
import type { Verdict } from '../call/classifier.js';
import type { Circuit } from '../circuit/circuit.js';
import { answerOf, type Resolver } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import type { CircuitRecord } from '../contract/record.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import { mattersToFailures } from '../machine/counting/report.js';
import type { LocalRecord } from '../standby/local-record.js';
import type { Standby } from '../standby/standby.js';
import type { RecordStore } from '../store/record-store.js';
import { asOurs, isAmbiguous, isStorageFault } from '../store/storage-faults.js';
import { EndQueue, nextBatch, type Batch, type PendingEnd, type Reported } from './batch.js';
import { Delivery, type Courier } from './delivery.js';
import { tellLate, tellLateWaited } from './late-outcomes.js';
import { SuccessBuffers } from './success-buffer.js';
import type { Departures } from './departures.js';

/** What the outboxes of a factory share. */
export interface OutboxParts {
  readonly shared: Shared;
  readonly standby: Standby;
  readonly departures: Departures;
}

/** How a call ended. */
export interface Ended {
  readonly verdict: Verdict;
  readonly slow: boolean;
  /** When, ms by the store's clock; 0 where nothing asks. */
  readonly at: number;
  /** What the work threw; undefined: nothing. */
  readonly error: unknown;
}

/**
 * Carries one circuit's outcomes to the store. One write is on the wire at a time. Ends that come meanwhile share the next,
 * in their order, as long as they have one fence, and cut where a transition would otherwise be hidden.
 */
export class Outbox implements Courier {
  readonly #parts: OutboxParts;
  readonly #circuit: Circuit;
  readonly #records: RecordStore;
  readonly #ends = new EndQueue();
  readonly #buffer: SuccessBuffers;
  /** Failures queued or on the wire: until they are seen, a success must keep its place behind them. */
  #failuresOnTheWay = 0;
  /** Whether ends are being written, one batch after another until none waits. */
  #isSending = false;
  /** Told when none waits any more. */
  #onSent: (() => void)[] = [];

  constructor(parts: OutboxParts, circuit: Circuit, records: RecordStore) {
    this.#parts = parts;
    this.#circuit = circuit;
    this.#records = records;
    this.#buffer = new SuccessBuffers(parts.shared, circuit);
  }

  get isBusy(): boolean {
    return this.#isSending || this.#buffer.present !== null;
  }

  /** Whether a write is on the wire, or about to be. */
  get isSending(): boolean {
    return this.#isSending;
  }

  /** Whether successes wait in memory. */
  get isHolding(): boolean {
    return this.#buffer.present !== null;
  }

  /**
   * Tells once the outcome is where it belongs: in the store; or, with the storage error that kept it from there, in
   * this process's own machine or nowhere; or nowhere because it came too late, or because it belongs nowhere.
   */
  record(call: Call, { verdict, slow, at, error }: Ended, to: Resolver<Reported>): void {
    const { kind, openFor } = verdict;
    if (!this.#mustWrite(call, kind)) return to.resolve(null);
    if (kind === 'failure') this.#failuresOnTheWay += 1;
    const end: PendingEnd = { kind, slow, at, openFor, failure: null, call, fence: call.fence, error, to };
    this.#ends.push(end);
    if (!this.#isSending) this.#start();
  }

  /** As `record` tells it, as a promise. Whoever awaits it hands the answer to {@link errandsDone}. */
  recorded(call: Call, ended: Ended): Promise<Reported> {
    return answerOf<Reported>((to) => this.record(call, ended, to));
  }

  /** Whether a success of this call may wait in memory; then it does. */
  keep(call: Call, slow: boolean): boolean {
    if (this.#failuresOnTheWay > 0) return false;
    const isFirst = !(this.#buffer.present !== null);
    if (!this.#buffer.keep(call, slow)) return false;
    if (isFirst && this.#buffer.present !== null) this.#parts.departures.wait(this);
    return true;
  }

  /**
   * Sends the successes that wait in memory by now: those that come while it does wait for their own time, or a busy
   * circuit would write without a pause. Resolves once they are sent and nothing else is on its way.
   */
  async flush(): Promise<void> {
    this.#buffer.makeDue();
    while (this.#buffer.present?.isDue === true || this.#isSending) {
      const sent = answerOf<void>(({ resolve }) => this.#onSent.push(resolve));
      if (!this.#isSending) this.#start();
      await sent;
    }
  }

  /** Of {@link Courier}. What a cut left over is still in front: its order holds. */
  delivered(delivery: Delivery, taken: number): void {
    const { batch, error, records } = delivery;
    for (let index = 0; index < taken; index += 1) this.#over(batch.shift(), error);
    if (batch.at(0) !== null && records !== this.#records) {
      return this.#deliver(batch.rest(), records, error);
    }
    this.#goOn(error);
  }

  /** Of {@link Courier}. */
  late({ batch, error }: Delivery, record: CircuitRecord | null): void {
    this.#drop(batch, record, error);
  }

  /** Of {@link Courier}. */
  failed(delivery: Delivery, error: unknown): void {
    const { batch, records } = delivery;
    const isStores = records === this.#records && isStorageFault(error);
    const local = isStores ? this.#parts.standby.recordOf(this.#circuit, this.#records) : null;
    if (local !== null) return this.#deliverInstead(batch, local, error as CircuitryError);
    // A fault of ours must not take the work's result from its caller either.
    const told = asOurs(this.#circuit.name, 'apply', error);
    while (batch.at(0) !== null) this.#over(batch.shift(), told);
    this.#goOn(null);
  }

  #mustWrite(call: Call, kind: Verdict['kind']): boolean {
    // Its ticket was given back already.
    if (call.isGivenUp && kind === 'ignored') return false;
    if (this.#circuit.settings.counting === 'all' || call.isTrial || this.#failuresOnTheWay > 0) return true;
    return mattersToFailures(kind, this.#circuit.isKnown ? this.#circuit.record : call.record);
  }

  #start(): void {
    this.#isSending = true;
    this.#parts.departures.begin();
    // Not at once: calls that were admitted together end together, and must not wait for a write of the first alone.
    this.#parts.shared.context.soon(this.#sendNext);
  }

  readonly #sendNext = (): void => {
    const batch = nextBatch(this.#ends, this.#buffer.present);
    if (batch === null) return this.#allSent();
    if (batch.buffered !== null) this.#buffer.take();
    // A trial that this process allowed itself has no ticket in the store: there it must never count.
    if (!batch.isLocalTrial) {
      const instead = this.#parts.standby.whileUnreadable(this.#circuit);
      return instead === null
        ? this.#deliver(batch, this.#records, null)
        : this.#deliverInstead(batch, instead.local, instead.error);
    }
    const local = this.#parts.standby.present(this.#circuit);
    if (local !== null) return this.#deliver(batch, local, null);
    // The machine that allowed it is gone: it came too late.
    this.#drop(batch, this.#circuit.record, null);
  };

  /** The batch came too late. */
  #drop(batch: Batch, record: CircuitRecord | null, error: CircuitryError | null): void {
    const { shared } = this.#parts;
    const isHeard = shared.hub.isHeard('lateOutcome');
    if (isHeard) tellLateWaited(shared, this.#circuit, batch.waited, record);
    while (batch.at(0) !== null) {
      const end = batch.shift();
      this.#noteEnded(end);
      // In the context of the call whose outcome it is.
      end.to.resolve(isHeard ? tellLate(shared, end, record, error) : error);
    }
    this.#goOn(error);
  }

  #deliver(batch: Batch, records: RecordStore, error: CircuitryError | null): void {
    new Delivery(this.#parts.shared, this, this.#circuit, batch, records, error).send();
  }

  /** To this process's own record, for what kept the batch from the store. */
  #deliverInstead(batch: Batch, local: LocalRecord, error: CircuitryError): void {
    // Nothing is sent again after an ambiguous error: what may have been counted is kept out of the totals.
    if (!isAmbiguous(error)) local.keepForTotals(batch.fence, batch.totals());
    this.#deliver(batch, local, error);
  }

  /** @param error what kept the batch from the store; null: nothing did */
  #goOn(error: CircuitryError | null): void {
    if (error !== null) this.#parts.standby.settle(this.#circuit);
    if (this.#ends.length === 0 && !(this.#buffer.present?.isDue === true)) this.#allSent();
    // The next one goes in the factory's own context, not in that of a call that is over.
    else this.#parts.shared.context.soon(this.#sendNext);
  }

  #allSent(): void {
    this.#isSending = false;
    const waiting = this.#onSent;
    this.#onSent = [];
    for (const tell of waiting) tell();
    this.#parts.departures.end();
  }

  #over(end: PendingEnd, error: CircuitryError | null): void {
    this.#noteEnded(end);
    end.to.resolve(error);
  }

  #noteEnded({ kind }: PendingEnd): void {
    if (kind === 'failure') this.#failuresOnTheWay -= 1;
  }
}

/**
 * Runs the errands of a report, here, in the async context of whoever awaits it.
 *
 * @returns what kept the outcome from the store; null: nothing did
 */
export async function errandsDone(first: Reported): Promise<CircuitryError | null> {
  let reported = first;
  while (typeof reported === 'function') reported = await answerOf<Reported>(reported);
  return reported;
}
