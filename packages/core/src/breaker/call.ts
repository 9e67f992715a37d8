import type { CircuitRecord } from '../contract/record.js';
import { fenceOf, type Fence } from '../machine/fence.js';
import type { DecidedBy } from '../settings/events.js';
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

/** One admitted call, from its admission to its end: what its outcome presents. */
export class Call<Context> implements WorkContext {
  readonly status = 'admitted';
  readonly circuit: Circuit<Context>;
  /** Of the breaker that made it. */
  readonly subject: CircuitSubject<Context>;
  /** The record that admitted it. */
  readonly record: CircuitRecord | null;
  readonly fence: Fence;
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
  #controller: AbortController | null = null;
  #abortReason: unknown = undefined;
  #isAborted = false;
  #stopFollowing: (() => void) | null = null;

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
    this.fence = fenceOf(record);
    this.decidedBy = decidedBy;
    this.isTrial = isTrial;
    this.startedAt = startedAt;
    this.#callerSignal = callerSignal;
  }

  /** Lazy: an AbortController costs more than a whole call, and most work never looks. */
  get signal(): AbortSignal {
    if (this.#controller !== null) return this.#controller.signal;
    const controller = new AbortController();
    this.#controller = controller;
    const caller = this.#callerSignal;
    if (this.#isAborted) {
      controller.abort(this.#abortReason);
    } else if (caller?.aborted === true) {
      controller.abort(caller.reason);
    } else if (caller !== undefined) {
      const follow = (): void => controller.abort(caller.reason);
      caller.addEventListener('abort', follow, { once: true });
      this.#stopFollowing = () => caller.removeEventListener('abort', follow);
    }
    return controller.signal;
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
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }

  /** Why the library itself told the work to stop; undefined: it did not. */
  get abortReason(): unknown {
    return this.#abortReason;
  }

  /** The call is over: a long-lived signal of the caller's must not hold on to it. */
  finish(): void {
    this.#stopFollowing?.();
    this.#stopFollowing = null;
  }
}
