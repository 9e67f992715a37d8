import type { CallRequest, Traffic } from '../call/call-request.js';
import type { Circuit } from '../circuit/circuit.js';
import type { Rememberable } from '../circuit/circuits.js';
import type { Subject } from '../events/events.js';
import type { Departures } from '../outcomes/departures.js';
import { Outbox, type OutboxParts } from '../outcomes/outbox.js';
import type { StrictGate } from '../admission/strict-gate.js';
import type { StoredRecord } from '../store/stored-record.js';
import type { Watched } from '../store/watcher.js';
import type { Kind } from './kinds.js';

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
export class LiveCircuit implements Rememberable, Traffic, Watched {
  readonly circuit: Circuit;
  readonly kind: Kind;
  readonly records: StoredRecord;
  readonly #outboxParts: OutboxParts;
  readonly #busyness: Busyness;
  #outbox: Outbox | null = null;
  #isRecent = false;
  /** Trials of this process whose work runs. */
  #trials = 0;

  constructor(circuit: Circuit, kind: Kind, records: StoredRecord, outboxParts: OutboxParts, busyness: Busyness) {
    this.circuit = circuit;
    this.kind = kind;
    this.records = records;
    this.#outboxParts = outboxParts;
    this.#busyness = busyness;
  }

  get name(): string {
    return this.circuit.name;
  }

  /** Made at the first outcome: a circuit that only refuses needs none. */
  get outbox(): Outbox {
    this.#outbox ??= new Outbox(this.#outboxParts, this.circuit, this.records);
    return this.#outbox;
  }

  get isReading(): boolean {
    return this.records.isReading;
  }

  isWrittenBy(time: number): boolean {
    const outbox = this.#outbox;
    if (outbox === null) return false;
    const { flushAt }: Departures = this.#outboxParts.departures;
    return outbox.isSending || (outbox.isHolding && flushAt <= time);
  }

  refresh(): void {
    // Whatever is on the wire brings its own news; until then the view counts no more.
    if (this.#outbox?.isSending === true || this.#busyness.strict.isBusy(this.circuit)) return;
    this.records.read({ resolve: () => {}, reject: () => {} });
  }

  touch(): void {
    this.#isRecent = true;
  }

  takeRecency(): boolean {
    const isRecent = this.#isRecent;
    this.#isRecent = false;
    return isRecent;
  }

  forget(): void {
    this.#busyness.forget(this.circuit);
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
    if (this.#trials > 0 || this.records.isBusy || this.#outbox?.isBusy === true) return false;
    return !this.#busyness.strict.isBusy(this.circuit) && !this.#busyness.isStandingBy(this.circuit);
  }
}

/** One call of a breaker that wants to be admitted, to a circuit as it is remembered now. */
export class Request implements CallRequest {
  readonly subject: Subject<unknown>;
  readonly live: LiveCircuit;
  readonly signal: AbortSignal | undefined;
  readonly circuit: Circuit;
  readonly records: StoredRecord;

  constructor(subject: Subject<unknown>, live: LiveCircuit, signal: AbortSignal | undefined) {
    this.subject = subject;
    this.live = live;
    this.signal = signal;
    this.circuit = live.circuit;
    this.records = live.records;
  }

  get traffic(): LiveCircuit {
    return this.live;
  }

  get hasTimeout(): boolean {
    return this.live.kind.settings.workTimeout !== null;
  }
}
