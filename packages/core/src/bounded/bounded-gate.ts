import type { Admission, Gate } from '../admission/gate.js';
import type { Refuser } from '../admission/refuser.js';
import { Call } from '../call/call.js';
import { nothing } from '../circuit/resolver.js';
import type { CallRequest } from '../call/call-request.js';
import type { Shared } from '../circuit/shared.js';
import type { CircuitRecord } from '../contract/record.js';
import { firstStep } from '../machine/steps/start-steps.js';
import type { Standby } from '../standby/standby.js';
import type { Watcher } from '../store/watcher.js';

/**
 * Bounded staleness: calls are decided by the view, the record last seen, while it is fresh enough. Synchronous: on the hot
 * path there is no promise, timer or signal that the call itself does not need. Trials are always exact: the store decides
 * them.
 */
export class BoundedGate implements Gate {
  readonly #shared: Shared;
  readonly #strict: Gate;
  readonly #standby: Standby;
  readonly #refuser: Refuser;
  readonly #watcher: Watcher;
  /** ms */
  readonly #maxStaleness: number;

  constructor(
    shared: Shared,
    strict: Gate,
    standby: Standby,
    refuser: Refuser,
    watcher: Watcher,
    maxStaleness: number,
  ) {
    this.#shared = shared;
    this.#strict = strict;
    this.#standby = standby;
    this.#refuser = refuser;
    this.#watcher = watcher;
    this.#maxStaleness = maxStaleness;
  }

  /** Decides by the view; null where it is too old, or says that the store must be asked. */
  admitNow(request: CallRequest): Admission | null {
    const { circuit } = request.home;
    const now = this.#shared.settings.clock.now();
    const age = now - circuit.seenAt;
    // A negative age: the clock stepped back, and nobody knows how old the view is.
    // A record of this process's own decides where the store can't be written.
    if (!(age >= 0 && age < this.#maxStaleness) || (this.#standby.isInUse && this.#standby.isActive(circuit))) {
      this.#watcher.begin();
      return null;
    }
    if (age * 2 >= this.#maxStaleness) this.#refresh(request);
    const { record } = circuit;
    if (record === null || circuit.isAdmitting) return new Call(request, record, 'view', false, now);
    return this.#ask(request, record, now);
  }

  admit(request: CallRequest): Promise<Admission> {
    return this.#strict.admit(request);
  }

  #ask(request: CallRequest, record: CircuitRecord, startedAt: number): Admission | null {
    const { circuit } = request.home;
    const now = startedAt + this.#shared.time.offset;
    const step = firstStep(record, now, circuit.rules);
    if (step.kind === 'refuse') return this.#refuser.refuse(circuit, record, step.because, step.until, now);
    if (step.kind !== 'admit') return null;
    circuit.noteAdmitting(record);
    return new Call(request, record, 'view', false, startedAt);
  }

  /** Asks for a newer view while the present one still decides; not where a write will bring one anyway. */
  #refresh({ home }: CallRequest): void {
    if (home.isReading || home.isWrittenBy(home.circuit.seenAt + this.#maxStaleness * 0.75)) return;
    // What fails is told by whoever asks next.
    void home.records.read().catch(nothing);
  }
}
