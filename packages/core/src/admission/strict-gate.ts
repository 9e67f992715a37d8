import { Call } from '../call/call.js';
import { failureText } from '../call/failure-text.js';
import { nothing } from '../circuit/resolver.js';
import type { CallRequest } from '../call/call-request.js';
import type { Circuit } from '../circuit/circuit.js';
import type { Shared } from '../circuit/shared.js';
import type { CircuitRecord, Delta } from '../contract/record.js';
import { firstStep, nextStep, type StartStep } from '../machine/steps/start-steps.js';
import type { Standby } from '../standby/standby.js';
import type { Cause } from '../store/announcements.js';
import type { RecordStore, Sight, Written } from '../store/record-store.js';
import { changeCounters, storeTransition } from '../store/transitions.js';
import type { Admission, Gate } from './gate.js';
import { refusedBy, type Refusal } from './refusal.js';
import type { Refuser } from './refuser.js';
import { TrialLease } from './trial-lease.js';

/** What the machine wants written before a call is decided. */
type DueStep = Extract<StartStep, { readonly kind: 'ticket' | 'give-back' | 'store' }>;

/** Admits by what the store holds when the call asks: one read, and a write only where something is due. */
export class StrictGate implements Gate {
  readonly admitNow = null;
  readonly #shared: Shared;
  readonly #standby: Standby;
  readonly #refuser: Refuser;
  /** A transition or ticket of this process on the wire: others wait for it, and look again. */
  readonly #writing = new Map<Circuit, Promise<unknown>>();

  constructor(shared: Shared, standby: Standby, refuser: Refuser) {
    this.#shared = shared;
    this.#standby = standby;
    this.#refuser = refuser;
  }

  /** Whether it is writing for the circuit. */
  isBusy(circuit: Circuit): boolean {
    return this.#writing.size > 0 && this.#writing.has(circuit);
  }

  async admit(request: CallRequest): Promise<Admission> {
    const { circuit, records } = request.home;
    try {
      const sight = await records.read();
      const { record, now } = sight;
      if (this.#standby.isInUse && this.#standby.isActive(circuit))
        return await this.#besidesStandby(request, records, sight);
      // Of this very record the machine has said so already. User code may say otherwise another time.
      const isKnown = circuit.isAdmitting && record === circuit.record && !circuit.rules.asksUser;
      const step = isKnown ? null : firstStep(record, now, circuit.rules);
      return step === null || step.kind === 'admit'
        ? new Call(request, record, 'store', false, this.#shared.time.readAt)
        : await this.#go(request, records, step, sight);
    } catch (error) {
      return this.#withoutStore(request, records, error);
    }
  }

  /** Whether a call would be refused by what the store holds now; takes no ticket and stores nothing. */
  async peek({ home: { circuit, records } }: CallRequest): Promise<Refusal | null> {
    const { record, now } = await records.read();
    const step = firstStep(record, now, circuit.rules);
    return step.kind === 'refuse' ? this.#refuser.refuse(circuit, record, step.because, step.until, now) : null;
  }

  /** The store can be read and not written: what this process counted alone decides, or nothing would ever trip. */
  async #besidesStandby(request: CallRequest, records: RecordStore, sight: Sight): Promise<Admission> {
    const { circuit } = request.home;
    const local = this.#standby.whileUnwritable(circuit, sight.record);
    const own = local === null ? sight : local.look();
    return this.#go(request, local ?? records, firstStep(own.record, own.now, circuit.rules), own);
  }

  /** Goes on as the policy says. */
  async #withoutStore(request: CallRequest, records: RecordStore, error: unknown): Promise<Admission> {
    if (!this.#standby.covers(error)) return refusedBy(error);
    const { circuit } = request.home;
    const local = this.#standby.recordOf(circuit, records);
    if (local === null) return new Call(request, circuit.record, 'allow', false, this.#shared.settings.clock.now());
    const own = local.look();
    try {
      return await this.#go(request, local, firstStep(own.record, own.now, circuit.rules), own);
    } catch (fault) {
      return refusedBy(fault);
    } finally {
      this.#standby.settle(circuit);
    }
  }

  /** Writes what is due, until the call is admitted or refused. */
  async #go(request: CallRequest, records: RecordStore, first: StartStep, read: Sight): Promise<Admission> {
    const { home } = request;
    const { circuit } = home;
    let step = first;
    let sight = read;
    for (;;) {
      if (step.kind === 'admit') return this.#admitted(request, records, sight.record, step.hasTicket);
      if (step.kind === 'refuse')
        return this.#refuser.refuse(circuit, sight.record, step.because, step.until, sight.now);
      const { lifecycle } = this.#shared;
      // Closed meanwhile: what is due is left to others, and no ticket is taken.
      if (lifecycle.isClosed && step.kind !== 'give-back') return refusedBy(lifecycle.closedError());
      const other = this.#writing.get(circuit);
      if (other === undefined || step.kind === 'give-back') {
        const cause = step.kind === 'store' && step.transition.to === 'open' ? home.failureIn(sight.record) : null;
        if (cause !== null) {
          // Found before the call that failed could store it: what that call knows is told all the same.
          const failure = failureText(cause.error, circuit.settings.describeFailure, this.#shared.hub, circuit.name);
          step = firstStep(sight.record, sight.now, circuit.rules, failure);
          // User code says otherwise by now.
          if (step.kind !== 'store') continue;
        }
        const written: Written = await this.#write(circuit, records, step, sight.record, cause);
        step = nextStep(step, written, circuit.rules);
        sight = written;
      } else {
        // Another call of this process is at it: it decides for all, and each looks again at what came of it.
        await other;
        sight = await records.read();
        step = firstStep(sight.record, sight.now, circuit.rules);
      }
    }
  }

  async #write(
    circuit: Circuit,
    records: RecordStore,
    step: DueStep,
    seen: CircuitRecord | null,
    cause: Cause | null,
  ): Promise<Written> {
    if (step.kind === 'give-back') return this.#giveBack(records, step.delta, seen, circuit);
    const writing =
      step.kind === 'store'
        ? storeTransition(this.#shared, circuit, records, step.transition, cause)
        : changeCounters(this.#shared, records, seen, step.delta);
    // Those who wait for it need no more than its end.
    const over = writing.then(nothing, nothing);
    this.#writing.set(circuit, over);
    try {
      return await writing;
    } finally {
      if (this.#writing.get(circuit) === over) this.#writing.delete(circuit);
    }
  }

  /** A ticket over the limit is given back, once. If that gets lost, the round's lease mends it. */
  async #giveBack(records: RecordStore, delta: Delta, seen: CircuitRecord | null, circuit: Circuit): Promise<Written> {
    try {
      return await changeCounters(this.#shared, records, seen, delta);
    } catch {
      return { applied: false, record: seen ?? circuit.record, now: this.#shared.time.now() };
    }
  }

  #admitted(request: CallRequest, records: RecordStore, record: CircuitRecord | null, hasTicket: boolean): Call {
    const decidedBy = records.isShared ? 'store' : 'local';
    const call = new Call(request, record, decidedBy, hasTicket, this.#shared.time.readAt);
    if (hasTicket) call.hold(new TrialLease(this.#shared, call, records));
    return call;
  }
}
