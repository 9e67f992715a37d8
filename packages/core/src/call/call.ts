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

/**
 * One admitted call, from its admission to its end: what its outcome presents.
 *
 * There is one for each call in flight, so it has few fields: what can be told by another is told by a getter. It has no
 * private methods, for they would cost each one a field.
 */
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
  /** When it was admitted and its work began, ms by the process's clock; less what {@link measureFrom} was told. */
  readonly startedAt: number;
  /** What its outcome presents: the record that admitted it, unless it is a trial that was given up. */
  readonly fence: Fence;
  /** Null until the work looks, or has to stop. */
  #signal: CallSignal | null = null;
  /** What has to be let go, what came last first; null: nothing. */
  readonly held: readonly Held[] | null = null;

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

  /** A living worker's trial that ran too long: its ticket is another's, its outcome may still decide. */
  get isGivenUp(): boolean {
    return this.fence.incident !== undefined;
  }

  get circuit(): Circuit {
    return this.home.circuit;
  }

  get signal(): AbortSignal {
    return (this.#signal ??= signalFor(this)).signal;
  }

  /** Tells the work to stop, now or when it first looks. */
  abort(reason: unknown): void {
    (this.#signal ??= signalFor(this)).abort(reason);
  }

  /** Why the library itself told the work to stop; undefined: it did not. */
  get abortReason(): unknown {
    return this.#signal?.abortReason;
  }

  giveUp(): void {
    (this as Writable<Call>).fence = givenUpFenceOf(this.record as CircuitRecord);
  }

  /** @param lost what the process had lost by stalls when the work began, ms */
  measureFrom(lost: number): void {
    (this as Writable<Call>).startedAt -= lost;
  }

  /** Holds something until the call is over. */
  hold(held: Held): void {
    (this as Writable<Call>).held = [held, ...(this.held ?? [])];
  }

  /** The fencing token of the exclusive lease; null without one. */
  get fencingToken(): number | null {
    return this.held?.find(({ token }) => token !== null)?.token ?? null;
  }

  /** Lets go of all that the call holds, what came last first. Never rejects. */
  async letGo(isUsed: boolean): Promise<void> {
    const { held } = this;
    (this as Writable<Call>).held = null;
    for (const each of held ?? []) await each.letGo(isUsed);
  }
}

function signalFor({ callersSignal, home, held }: Call): CallSignal {
  return new CallSignal(callersSignal, home.hasTimeout || held?.some(({ stopsWork }) => stopsWork) === true);
}
