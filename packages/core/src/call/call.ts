import type { Circuit } from '../circuit/circuit.js';
import type { CircuitRecord } from '../contract/record.js';
import type { DecidedBy, Subject } from '../events/events.js';
import { givenUpFenceOf, type Fence } from '../machine/record/fence.js';
import { unrecorded } from '../machine/record/revision.js';
import type { Writable } from '../time/writable.js';
import { CallSignal } from './call-signal.js';
import type { CallHome, CallRequest } from './call-request.js';

/** What the work is given. */
export interface WorkContext {
  /** Aborted by the caller's signal, by `workTimeout`, or when an exclusive lease is lost. Made when first read. */
  readonly signal: AbortSignal;
  /** Whether this is one of a half-open round's trials. */
  readonly isTrial: boolean;
  /** Who admitted the call. */
  readonly decidedBy: DecidedBy;
}

/** What a call holds while its work runs. */
export interface Held {
  /** The fencing token of an exclusive lease; null: it is no lease. */
  readonly token: number | null;
  /** Whether it stops the work when it is lost. */
  readonly stopsWork: boolean;
  /** The call is over, or never ran: what is held is let go. Never rejects. @param isUsed whether the work ran */
  letGo(isUsed: boolean): Promise<void> | void;
}

/** One admitted call, from its admission to its end: what its outcome presents. One for each call: it has few fields. */
export class Call implements WorkContext {
  readonly status = 'admitted' as const;
  /** Of the breaker that makes it. */
  readonly subject: Subject<unknown>;
  readonly home: CallHome;
  /** The caller's own. */
  readonly callersSignal: AbortSignal | undefined;
  /** The record that admitted it. */
  readonly record: CircuitRecord | null;
  readonly decidedBy: DecidedBy;
  /** Whether it holds a trial's ticket. */
  readonly isTrial: boolean;
  /** When it was admitted and its work began, ms by the process's clock. */
  readonly startedAt: number;
  /** What its outcome presents. */
  readonly fence: Fence;
  /** Whether it holds anything that has to be let go. */
  readonly isHolding: boolean = false;
  /** A living worker's trial that ran too long: its ticket is another's, its outcome may still decide. */
  readonly isGivenUp: boolean = false;
  /** Null until the work looks, or has to stop. */
  #signal: CallSignal | null = null;
  #held: Held[] | null = null;
  #lostBefore = 0;

  constructor(
    request: CallRequest,
    record: CircuitRecord | null,
    decidedBy: DecidedBy,
    isTrial: boolean,
    startedAt: number,
  ) {
    this.subject = request.subject;
    this.home = request.home;
    this.callersSignal = request.signal;
    this.record = record;
    this.decidedBy = decidedBy;
    this.isTrial = isTrial;
    this.startedAt = startedAt;
    this.fence = record ?? unrecorded;
  }

  get circuit(): Circuit {
    return this.home.circuit;
  }

  get signal(): AbortSignal {
    return this.#ownSignal().signal;
  }

  /** Tells the work to stop, now or when it first looks. */
  abort(reason: unknown): void {
    this.#ownSignal().abort(reason);
  }

  /** Why the library itself told the work to stop; undefined: it did not. */
  get abortReason(): unknown {
    return this.#signal?.abortReason;
  }

  giveUp(): void {
    const own = this as Writable<Call>;
    own.isGivenUp = true;
    own.fence = givenUpFenceOf(this.record as CircuitRecord);
  }

  /** What the process had lost by stalls when the work began, ms: see `StallWatch`. */
  get lostBefore(): number {
    return this.#lostBefore;
  }

  measureFrom(lost: number): void {
    this.#lostBefore = lost;
  }

  /** Holds something until the call is over. */
  hold(held: Held): void {
    (this.#held ??= []).push(held);
    (this as Writable<Call>).isHolding = true;
  }

  /** The fencing token of the exclusive lease; null without one. */
  get fencingToken(): number | null {
    return this.#held?.find(({ token }) => token !== null)?.token ?? null;
  }

  /** Lets go of all that the call holds, what came last first. Never rejects. */
  async letGo(isUsed: boolean): Promise<void> {
    const held = this.#held;
    this.#held = null;
    (this as Writable<Call>).isHolding = false;
    for (const each of held?.reverse() ?? []) await each.letGo(isUsed);
  }

  get #isStoppable(): boolean {
    return this.#held?.some(({ stopsWork }) => stopsWork) === true;
  }

  #ownSignal(): CallSignal {
    this.#signal ??= new CallSignal(this.callersSignal, this.home.hasTimeout || this.#isStoppable);
    return this.#signal;
  }
}
