import type { Call } from '../call/call.js';
import { nothing } from '../circuit/resolver.js';
import type { CallHome, CallRequest } from '../call/call-request.js';
import type { Circuit } from '../circuit/circuit.js';
import { Rememberable } from '../circuit/circuits.js';
import type { CircuitRecord } from '../contract/record.js';
import { mattersToFailures } from '../machine/counting/report.js';
import type { OutcomeKind } from '../machine/facts/outcome.js';
import type { OutboxParts } from '../outcomes/departures.js';
import { Outbox } from '../outcomes/outbox.js';
import type { Gate } from '../admission/gate.js';
import type { Subject } from '../events/events.js';
import type { StrictGate } from '../admission/strict-gate.js';
import type { Cause } from '../store/announcements.js';
import type { StoredRecord } from '../store/stored-record.js';
import type { Watched } from '../store/watcher.js';
import type { Writable } from '../time/writable.js';
import type { Kind } from './kinds.js';

/** Makes a circuit that is not remembered. @param gate by default that of its kind */
export type MakeCircuit = (subject: Subject<unknown>, gate?: Gate) => LiveCircuit;

/** What says whether a circuit may be forgotten, beside its own parts. */
export interface Busyness {
  readonly strict: StrictGate;
  isStandingBy(circuit: Circuit): boolean;
  /** The process remembers the circuit no more. */
  forget(circuit: Circuit): void;
}

/**
 * A circuit that this process remembers, put together: what it is, where its record is, and what is on its way. It holds no
 * timer and no socket. Each part alone writes its own state.
 */
export class LiveCircuit extends Rememberable implements CallHome, Watched {
  readonly circuit: Circuit;
  readonly kind: Kind;
  readonly records: StoredRecord;
  readonly #outboxParts: OutboxParts;
  readonly #busyness: Busyness;
  /** Made at the first outcome that counts: a circuit that only refuses needs none, nor a healthy one that counts nothing. */
  readonly outbox: Outbox | null = null;
  #isForgotten = false;
  /** Trials of this process whose work runs. */
  #trials = 0;

  constructor(circuit: Circuit, kind: Kind, records: StoredRecord, outboxParts: OutboxParts, busyness: Busyness) {
    super();
    this.circuit = circuit;
    this.kind = kind;
    this.records = records;
    this.#outboxParts = outboxParts;
    this.#busyness = busyness;
  }

  get name(): string {
    return this.circuit.name;
  }

  /** Whether the store has to hear of such an end: with `counting: 'failures'` a healthy circuit's successes are nobody's. */
  counts(call: Call, kind: OutcomeKind): boolean {
    // Its ticket was given back already.
    if (call.isGivenUp && kind === 'ignored') return false;
    const { circuit, outbox } = this;
    if (circuit.settings.counting === 'all' || call.isTrial || outbox?.hasFailures) return true;
    return mattersToFailures(kind, circuit.isKnown ? circuit.record : call.record);
  }

  makeOutbox(): Outbox {
    const outbox = new Outbox(this.#outboxParts, this.circuit, this.records);
    if (this.#isForgotten) outbox.orphan();
    (this as Writable<LiveCircuit>).outbox = outbox;
    return outbox;
  }

  get hasTimeout(): boolean {
    return this.kind.settings.workTimeout !== null;
  }

  get isReading(): boolean {
    return this.records.isReading;
  }

  failureIn(record: CircuitRecord | null): Cause | null {
    return this.outbox?.failureIn(record) ?? null;
  }

  isWrittenBy(time: number): boolean {
    const { outbox } = this;
    if (outbox === null) return false;
    const { flushAt } = this.#outboxParts.departures;
    return outbox.isSending || (outbox.isHolding && flushAt <= time);
  }

  refresh(): void {
    // Whatever is on the wire brings its own news; until then the view counts no more.
    if (this.outbox?.isSending === true || this.#busyness.strict.isBusy(this.circuit)) return;
    void this.records.read().catch(nothing);
  }

  forget(): void {
    this.#isForgotten = true;
    this.#busyness.forget(this.circuit);
    this.outbox?.orphan();
  }

  /** A trial's work begins. */
  enterTrial(): void {
    this.#trials += 1;
  }

  /** A trial's work is over. */
  leaveTrial(): void {
    this.#trials -= 1;
  }

  get isIdle(): boolean {
    if (this.#trials > 0 || this.records.isBusy) return false;
    if (this.outbox !== null && (this.outbox.isSending || this.outbox.isHolding)) return false;
    return !this.#busyness.strict.isBusy(this.circuit) && !this.#busyness.isStandingBy(this.circuit);
  }
}

/** One call of a breaker that wants to be admitted, to a circuit as it is remembered now. */
export interface Request extends CallRequest {
  readonly home: LiveCircuit;
}
