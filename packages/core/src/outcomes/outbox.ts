import type { Call } from '../call/call.js';
import type { Circuit } from '../circuit/circuit.js';
import { answerOf, HostPromise } from '../circuit/resolver.js';
import type { CircuitRecord } from '../contract/record.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import { isCurrent } from '../machine/record/fence.js';
import type { LocalRecord } from '../standby/local-record.js';
import type { Cause } from '../store/announcements.js';
import type { RecordStore } from '../store/record-store.js';
import { asOurs, isAmbiguous, isStorageFault } from '../store/storage-faults.js';
import type { Writable } from '../time/writable.js';
import { batchEnd, isLocalTrial, totalsOf, waitedIn } from './batch.js';
import type { Batch, Ended, PendingEnd, Reported, SuccessBuffer } from './batch.js';
import { Delivery, type Courier } from './delivery.js';
import { tellLate, tellLateWaited } from './late-outcomes.js';
import { SuccessBuffers } from './success-buffer.js';
import type { OutboxParts } from './departures.js';

/**
 * Carries one circuit's outcomes to the store. One write is on the wire at a time. Ends that come meanwhile share the next,
 * in their order, as long as they have one fence, and cut where a transition would otherwise be hidden.
 */
export class Outbox implements Courier {
  readonly #parts: OutboxParts;
  readonly #circuit: Circuit;
  readonly #records: RecordStore;
  /** In their order of arrival. */
  #ends: PendingEnd[] = noEnds;
  /** Those before this place are where they belong. */
  #head = 0;
  /** What a cut left over: it goes next. */
  #rest: Batch | null = null;
  /** Null: no success was kept yet. */
  #buffer: SuccessBuffers | null = null;
  /** Failures queued or on the wire: until they are seen, a success must keep its place behind them. */
  #failuresOnTheWay = 0;
  /** Whether ends are being written, one batch after another until none waits. */
  readonly isSending: boolean = false;
  /** Told when none waits any more. */
  #onSent: (() => void)[] | null = null;
  /** Whether the process remembers its circuit no more. Work that still runs reports all the same. */
  #isOrphan = false;

  constructor(parts: OutboxParts, circuit: Circuit, records: RecordStore) {
    this.#parts = parts;
    this.#circuit = circuit;
    this.#records = records;
  }

  /** The process remembers its circuit no more. */
  orphan(): void {
    this.#isOrphan = true;
    if (this.isSending) this.#parts.departures.adopt(this);
  }

  /** Whether failures are queued or on the wire. */
  get hasFailures(): boolean {
    return this.#failuresOnTheWay > 0;
  }

  /** The newest failure queued or on the wire that counts in this record, or has counted there; null: there is none. */
  failureIn(record: CircuitRecord | null): Cause | null {
    const isKnown = ({ kind, fence }: PendingEnd): boolean => kind === 'failure' && isCurrent(fence, record);
    return this.hasFailures ? (this.#ends.slice(this.#head).findLast(isKnown) ?? null) : null;
  }

  /** Whether successes wait in memory. */
  get isHolding(): boolean {
    return this.#buffer !== null && this.#buffer.present !== null;
  }

  /**
   * Resolves once the outcome is where it belongs: in the store; or, with the storage error that kept it from there, in
   * this process's own machine or nowhere; or nowhere because it came too late. Never rejects. Whoever awaits it hands
   * the answer to {@link errandsDone}.
   */
  record(call: Call, { verdict, slow, at, error }: Ended): Promise<Reported> {
    const { kind, openFor } = verdict;
    if (kind === 'failure') this.#failuresOnTheWay += 1;
    return new HostPromise<Reported>((tell) => {
      const end = { kind, slow, at, openFor, failure: null, call, fence: call.fence, error, tell };
      if (this.#ends === noEnds) this.#ends = [end];
      else this.#ends.push(end);
      if (!this.isSending) this.#start();
    });
  }

  /** Whether a success of this call may wait in memory; then it does. */
  keep(call: Call, slow: boolean): boolean {
    if (this.#failuresOnTheWay > 0) return false;
    const buffer = (this.#buffer ??= new SuccessBuffers(this.#parts.shared, this.#circuit));
    const isFirst = buffer.present === null;
    if (!buffer.keep(call, slow)) return false;
    if (isFirst && buffer.present !== null) this.#parts.departures.wait(this);
    return true;
  }

  /**
   * Sends the successes that wait in memory by now: those that come while it does wait for their own time, or a busy
   * circuit would write without a pause. Resolves once they are sent and nothing else is on its way.
   */
  async flush(): Promise<void> {
    this.#buffer?.makeDue();
    while (this.#buffer?.present?.isDue === true || this.isSending) {
      if (!this.isSending) this.#start();
      await this.sent();
    }
  }

  /** Resolves once nothing is on its way. */
  async sent(): Promise<void> {
    if (this.isSending) await answerOf<void>(({ resolve }) => (this.#onSent ??= []).push(resolve));
  }

  /** Of {@link Courier}. What a cut left over keeps its place. */
  delivered({ batch, error, records }: Delivery, taken: number): void {
    const from = batch.from + taken;
    this.#take(taken, () => error);
    if (from === batch.to) return this.#goOn(null, records, error);
    const { record } = (batch.ends[from] as PendingEnd).call;
    this.#goOn({ ...batch, record, from, buffered: null, merged: null }, records, error);
  }

  /** Of {@link Courier}. */
  late({ batch, merged, error }: Delivery, record: CircuitRecord | null): void {
    this.#drop({ ...batch, merged }, record, error);
  }

  /** Of {@link Courier}. */
  failed({ batch, merged, records }: Delivery, error: unknown): void {
    const isStores = records === this.#records && isStorageFault(error);
    const local = isStores ? this.#parts.standby.recordOf(this.#circuit, this.#records) : null;
    if (local !== null) return this.#deliverInstead({ ...batch, merged }, local, error as CircuitryError);
    // A fault of ours must not take the work's result from its caller either.
    const told = asOurs(this.#circuit.name, 'apply', error);
    this.#take(batch.to - batch.from, () => told);
    this.#goOn(null, records, null);
  }

  #start(): void {
    (this as Writable<Outbox>).isSending = true;
    if (this.#isOrphan) this.#parts.departures.adopt(this);
    // Not at once: calls that were admitted together end together, and must not wait for a write of the first alone.
    this.#parts.shared.context.soon(this);
  }

  /** Of {@link Task}: sends what goes next. */
  run(): void {
    const batch = this.#nextBatch();
    if (batch === null) return this.#allSent();
    const { standby } = this.#parts;
    const first = batch.from < batch.to ? (batch.ends[batch.from] as PendingEnd) : null;
    // A trial that this process allowed itself has no ticket in the store: there it must never count.
    if (first?.call.isTrial === true && isLocalTrial(first.call)) {
      const local = standby.present(this.#circuit);
      if (local !== null) return this.#deliver(batch, local, null);
      // The machine that allowed it is gone: it came too late.
      return this.#drop(batch, this.#circuit.record, null);
    }
    const instead = standby.isInUse ? standby.whileUnreadable(this.#circuit) : null;
    if (instead === null) this.#deliver(batch, this.#records, null);
    else this.#deliverInstead(batch, instead.local, instead.error);
  }

  /** Takes what goes next; null: nothing does. */
  #nextBatch(): Batch | null {
    const rest = this.#rest;
    this.#rest = null;
    if (rest !== null) return rest;
    this.#tidy();
    const buffered = this.#buffer?.present ?? null;
    const ends = this.#ends;
    const from = this.#head;
    const first = ends[from];
    if (first === undefined && buffered?.isDue !== true) return null;
    if (buffered !== null) this.#buffer?.take();
    const isAlone = ends.length - from === 1 && buffered === null;
    const to = isAlone ? ends.length : batchEnd(ends, from, buffered);
    const source = to > from ? (first as PendingEnd).call : (buffered as SuccessBuffer);
    return { fence: source.fence, record: source.record, ends, from, to, buffered, merged: null };
  }

  /** The batch came too late. */
  #drop(batch: Batch, record: CircuitRecord | null, error: CircuitryError | null): void {
    const { shared } = this.#parts;
    const isHeard = shared.hub.heard.lateOutcome !== undefined;
    if (isHeard) tellLateWaited(shared, this.#circuit, waitedIn(batch), record);
    // In the context of the call whose outcome it is.
    this.#take(batch.to - batch.from, (end) => (isHeard ? tellLate(shared, end, record, error) : error));
    this.#goOn(null, this.#records, error);
  }

  #deliver(batch: Batch, records: RecordStore, error: CircuitryError | null): void {
    new Delivery(this.#parts.shared, this, this.#circuit, batch, records, error).send();
  }

  /** To this process's own record, for what kept the batch from the store. */
  #deliverInstead(batch: Batch, local: LocalRecord, error: CircuitryError): void {
    // Nothing is sent again after an ambiguous error: what may have been counted is kept out of the totals.
    if (!isAmbiguous(error)) local.keepForTotals(batch.fence, totalsOf(batch));
    this.#deliver(batch, local, error);
  }

  /**
   * @param rest what a cut left over; null: nothing
   * @param records where the batch went
   * @param error what kept the batch from the store; null: nothing did
   */
  #goOn(rest: Batch | null, records: RecordStore, error: CircuitryError | null): void {
    // What goes to this process's own record goes there at once, and whole.
    if (rest !== null && records !== this.#records) return this.#deliver(rest, records, error);
    if (error !== null) this.#parts.standby.settle(this.#circuit);
    this.#rest = rest;
    if (this.#head === this.#ends.length && this.#buffer?.present?.isDue !== true) this.#allSent();
    // The next one goes in the factory's own context, not in that of a call that is over.
    else this.#parts.shared.context.soon(this);
  }

  #allSent(): void {
    (this as Writable<Outbox>).isSending = false;
    if (this.#isOrphan) this.#parts.departures.letGo(this);
    this.#ends = noEnds;
    this.#head = 0;
    const waiting = this.#onSent;
    if (waiting === null) return;
    this.#onSent = null;
    for (const tell of waiting) tell();
  }

  /** Takes so many from the front: they are where they belong. Costs nothing more, however many wait behind. */
  #take(count: number, reportOf: (end: PendingEnd) => Reported): void {
    for (let left = count; left > 0; left -= 1) {
      const end = this.#ends[this.#head] as PendingEnd;
      this.#head += 1;
      if (end.kind === 'failure') this.#failuresOnTheWay -= 1;
      end.tell(reportOf(end));
    }
  }

  /** Where ends keep coming, lets go of those that are where they belong. */
  #tidy(): void {
    if (this.#head < 1_024 || this.#head * 2 < this.#ends.length) return;
    this.#ends = this.#ends.slice(this.#head);
    this.#head = 0;
  }
}

/** Shared by all who have none; never changed. */
const noEnds: PendingEnd[] = [];
