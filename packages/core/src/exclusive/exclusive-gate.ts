import type { Gate, Admission } from '../admission/gate.js';
import { refusedBy, type Refused } from '../admission/refusal.js';
import type { StrictGate } from '../admission/strict-gate.js';
import type { Held } from '../call/call.js';
import type { CallRequest } from '../call/call-request.js';
import { answerOf } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import { onAbort, reasonOf } from '../contract/with-signal.js';
import { LockTimeoutError } from '../errors/storage-errors.js';
import type { Standby } from '../standby/standby.js';
import type { StoreDoor } from '../store/store-door.js';
import { HeldLease } from './held-lease.js';
import { ProcessLocks } from './process-locks.js';
import { StoreLock } from './store-lock.js';

/** What `exclusive` says, in ms. */
export interface ExclusiveOptions {
  readonly lease: number;
  readonly wait: number;
}

/** A lock that was taken, and how it is tied to the call that it admits; null: none is needed. */
type Tie = ((admission: Admission) => Promise<Admission>) | null;

/**
 * `exclusive`: one job at a time per circuit in the whole fleet, by a lease with heartbeats. Losing the lease aborts the
 * work's signal. While the store can't lock, the lock is this process's own, under `'local'`, or none, under `'allow'`.
 */
export class ExclusiveGate implements Gate {
  readonly admitNow = null;
  readonly #shared: Shared;
  readonly #door: StoreDoor;
  readonly #standby: Standby;
  readonly #strict: StrictGate;
  readonly #options: ExclusiveOptions;
  readonly #storeLock: StoreLock;
  readonly #processLocks: ProcessLocks;

  constructor(shared: Shared, door: StoreDoor, standby: Standby, strict: StrictGate, options: ExclusiveOptions) {
    this.#shared = shared;
    this.#door = door;
    this.#standby = standby;
    this.#strict = strict;
    this.#options = options;
    this.#storeLock = new StoreLock(shared, door);
    this.#processLocks = new ProcessLocks(shared.settings.clock);
  }

  async admit(request: CallRequest): Promise<Admission> {
    try {
      // A refusal needs no lock, and a job that would be refused must not wait for one.
      const refusal = await this.#peek(request);
      if (refusal !== null) return refusal;
      // Closed while it asked: nobody needs the lock any more.
      const { lifecycle } = this.#shared;
      if (lifecycle.isClosed) return refusedBy(lifecycle.closedError());
      const tie = await this.#lock(request);
      const admission = await this.#strict.admit(request);
      return tie === null ? admission : await tie(admission);
    } catch (error) {
      return refusedBy(error);
    }
  }

  async #peek(request: CallRequest): Promise<Refused | null> {
    try {
      return await this.#strict.peek(request);
    } catch (error) {
      if (!this.#standby.covers(error)) throw error;
      return null;
    }
  }

  async #lock(request: CallRequest): Promise<Tie> {
    const { circuit, records } = request.home;
    // The peek has just asked, or was refused because others do: nothing is gained by a second question.
    const { health } = this.#door;
    if (!health.isLost(circuit, 'read') && (health.isWell || health.tryEnter(circuit, 'lock') === null)) {
      try {
        return await this.#lockInStore(request);
      } catch (error) {
        if (!this.#standby.covers(error)) throw error;
      }
    }
    if (this.#standby.recordOf(circuit, records) === null) return null;
    return this.#lockInProcess(request);
  }

  async #lockInStore({ home: { circuit }, signal }: CallRequest): Promise<Tie> {
    const taken = await this.#storeLock.acquire(circuit, this.#options, signal);
    this.#door.lockAnswered(circuit);
    const { clock, storageTimeout } = this.#shared.settings;
    const options = {
      name: circuit.name,
      length: this.#options.lease,
      endsAt: taken.endsAt,
      patience: storageTimeout,
      clock,
      context: this.#shared.context,
    };
    // Held from now on: what follows may take a while.
    let onLost = (_error: unknown): void => {};
    let lost: unknown = null;
    const held = new HeldLease(taken.lease, { ...options, onLost: (error) => onLost((lost = error)) });
    return async (admission) => {
      if (admission.status === 'admitted' && lost === null) {
        // Awaited here, so that those who listen to the work's signal hear of it in this call's async context.
        void answerOf<unknown>(({ resolve }) => (onLost = resolve)).then((error) => admission.abort(error));
        admission.hold(held);
        return admission;
      }
      if (admission.status === 'admitted') await admission.letGo(false);
      await held.letGo();
      return admission.status === 'admitted' ? refusedBy(lost) : admission;
    };
  }

  async #lockInProcess({ home: { circuit }, signal }: CallRequest): Promise<Tie> {
    const { wait } = this.#options;
    const lets: (() => void)[] = [];
    let reason: unknown = undefined;
    const lock = await this.#processLocks.acquire(circuit.name, wait, (stop) => {
      const stopFor = (error: unknown): void => {
        reason = error;
        stop();
      };
      lets.push(this.#shared.lifecycle.onClose(stopFor));
      if (signal !== undefined) lets.push(onAbort(signal, () => stopFor(reasonOf(signal))));
    });
    for (const letGo of lets) letGo();
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the caller's own reason, whatever it is
    if (lock === null) throw reason ?? new LockTimeoutError(circuit.name, wait);
    const held: Held = { token: null, stopsWork: false, letGo: () => lock.release() };
    return async (admission) => {
      if (admission.status === 'admitted') admission.hold(held);
      else lock.release();
      return admission;
    };
  }
}
