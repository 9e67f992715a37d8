import type { CircuitRecord } from '../contract/record.js';
import { fenceOf, type Fence } from '../machine/fence.js';
import type { DecidedBy } from '../settings/events.js';
import { CallSignal } from './call-signal.js';
import type { Circuit, CircuitSubject } from './circuit.js';
import type { HeldLease } from './held-lease.js';
import type { LiveTrial } from './trials.js';

/** What the work is given. */
export interface WorkContext {
  /** Aborted by the caller's signal, by `workTimeout`, or when an exclusive lease is lost. Made when first read. */
  readonly signal: AbortSignal;
  /** Whether this is one of a half-open round's trials. */
  readonly isTrial: boolean;
  /** Who admitted the call. */
  readonly decidedBy: DecidedBy;
}

/** One admitted call, from its admission to its end: what its outcome presents. One per call: it has few fields. */
export class Call<Context> implements WorkContext {
  readonly circuit: Circuit<Context>;
  /** Of the breaker that made it. */
  readonly subject: CircuitSubject<Context>;
  /** The record that admitted it. */
  readonly record: CircuitRecord | null;
  readonly decidedBy: DecidedBy;
  /** Whether it holds a trial's ticket. */
  readonly isTrial: boolean;
  /** Renews the ticket while the work runs. */
  trial: LiveTrial | null = null;
  /** The fleet-wide lock, where the factory is `exclusive`. */
  lease: HeldLease | null = null;
  /** When it was admitted and its work began, ms by the process's clock. */
  readonly startedAt: number;
  readonly #callerSignal: AbortSignal | undefined;
  /** Null until the work looks, or has to stop. */
  #signal: CallSignal | null = null;

  constructor(
    circuit: Circuit<Context>,
    subject: CircuitSubject<Context>,
    record: CircuitRecord | null,
    decidedBy: DecidedBy,
    isTrial: boolean,
    startedAt: number,
    callerSignal: AbortSignal | undefined,
  ) {
    this.circuit = circuit;
    this.subject = subject;
    this.record = record;
    this.decidedBy = decidedBy;
    this.isTrial = isTrial;
    this.startedAt = startedAt;
    this.#callerSignal = callerSignal;
  }

  get status(): 'admitted' {
    return 'admitted';
  }

  get fence(): Fence {
    return fenceOf(this.record);
  }

  get signal(): AbortSignal {
    return this.#ownSignal().signal;
  }

  /** Whether the caller has cancelled it. */
  get isCancelled(): boolean {
    return this.#callerSignal?.aborted === true;
  }

  /** Why the caller cancelled it. */
  get cancelReason(): unknown {
    return this.#callerSignal?.reason as unknown;
  }

  /** Tells the work to stop, now or when it first looks. */
  abort(reason: unknown): void {
    this.#ownSignal().abort(reason);
  }

  /** Why the library itself told the work to stop; undefined: it did not. */
  get abortReason(): unknown {
    return this.#signal?.abortReason;
  }

  /** The call is over: a long-lived signal of the caller's must not hold on to it. */
  finish(): void {
    if (this.#signal !== null) this.#signal.stopFollowing();
  }

  #ownSignal(): CallSignal {
    this.#signal ??= new CallSignal(this.#callerSignal);
    return this.#signal;
  }
}
