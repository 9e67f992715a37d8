import type { Lease } from '../contract/storage.js';
import { isCircuitryError } from '../errors/circuitry-error.js';
import { StorageError } from '../errors/storage-errors.js';
import { MemoryBackend } from '../memory/memory-backend.js';
import type { Admission, Decision } from './admission.js';
import type { Circuit } from './circuit.js';
import { isStorageFault, type Fallback } from './fallback.js';
import { HeldLease } from './held-lease.js';
import type { Services } from './services.js';

/**
 * `exclusive`: one job at a time per circuit in the whole fleet, by a lease with heartbeats. Losing the lease aborts
 * the work's signal. While the store is down the lock is this process's own, under `'local'`, or none, under `'allow'`.
 */
export class Exclusive<Context> {
  readonly #services: Services<Context>;
  readonly #admission: Admission<Context>;
  readonly #fallback: Fallback<Context>;
  readonly #length: number;
  readonly #wait: number;
  /** Locks of this process alone. */
  readonly #localLocks: MemoryBackend;

  constructor(services: Services<Context>, admission: Admission<Context>, fallback: Fallback<Context>, options: { readonly lease: number; readonly wait: number }) {
    this.#services = services;
    this.#admission = admission;
    this.#fallback = fallback;
    this.#length = options.lease;
    this.#wait = options.wait;
    this.#localLocks = new MemoryBackend({ clock: services.settings.clock });
  }

  /** As `Admission.decide`, once the lock is held. Rejects with LockTimeoutError as well. */
  async decide(circuit: Circuit<Context>, signal: AbortSignal | undefined): Promise<Decision<Context>> {
    // A refusal needs no lock, and a job that would be refused must not wait for one.
    const refusal = await this.#peek(circuit);
    if (refusal !== null) return refusal;
    const lease = await this.#lock(circuit, signal);
    const grantedAt = this.#services.settings.clock.now();
    let decision: Decision<Context>;
    try {
      decision = await this.#admission.decide(circuit, signal);
    } catch (error) {
      await lease?.release().catch(() => {});
      throw error;
    }
    if (lease === null) return decision;
    if (decision.status === 'refused') {
      await lease.release().catch(() => {});
      return decision;
    }
    decision.lease = new HeldLease(circuit.name, lease, this.#length, grantedAt, this.#services.settings.clock, (error) => decision.abort(error));
    return decision;
  }

  async #peek(circuit: Circuit<Context>): Promise<Decision<Context> | null> {
    try {
      return await this.#admission.peek(circuit);
    } catch (error) {
      if (this.#fallback.isThrowing || !isStorageFault(error)) throw error;
      return null;
    }
  }

  async #lock(circuit: Circuit<Context>, signal: AbortSignal | undefined): Promise<Lease | null> {
    try {
      if (circuit.nameFault !== null) throw circuit.nameFault;
      return await this.#lockInStore(circuit.name, signal);
    } catch (error) {
      if (this.#fallback.isThrowing || !isStorageFault(error)) throw error;
      if (this.#fallback.portFor(circuit) === null) return null;
      const name = circuit.nameFault === null ? circuit.name : circuit.circuit || 'unnamed';
      return this.#localLocks.lock(name, { lease: this.#length, wait: this.#wait, ...(signal && { signal }) });
    }
  }

  /** Waits as long as `wait` says and the store may take to answer, or until the caller gives up. */
  async #lockInStore(name: string, signal: AbortSignal | undefined): Promise<Lease> {
    const { backend, settings } = this.#services;
    const controller = new AbortController();
    const follow = (): void => controller.abort(signal?.reason);
    signal?.addEventListener('abort', follow);
    let tooLate: StorageError | null = null;
    const limit = this.#wait + settings.storageTimeout;
    const expired = new Promise<never>((_, reject) => {
      const cancel = settings.clock.after(limit, () => {
        tooLate = new StorageError(
          `The store did not say within ${limit} ms whether the lock of circuit ${JSON.stringify(name)} could be had. Check that it is up and near.`,
          { ambiguous: true },
        );
        reject(tooLate);
        controller.abort(tooLate);
      });
      controller.signal.addEventListener('abort', cancel, { once: true });
    });
    expired.catch(() => {});
    try {
      const asking = backend.lock(name, { lease: this.#length, wait: this.#wait, signal: controller.signal });
      // A lock that comes after we gave up is nobody's: give it back.
      asking.then((lease) => (tooLate === null ? undefined : lease.release()), () => {}).catch(() => {});
      return await Promise.race([asking, expired]);
    } catch (error) {
      if (isCircuitryError(error) || signal?.aborted === true) throw error;
      throw new StorageError(`The backend failed to lock circuit ${JSON.stringify(name)}; see the cause.`, { cause: error, ambiguous: true });
    } finally {
      signal?.removeEventListener('abort', follow);
      // Ends the timer; an answered lock has forgotten its signal.
      if (!controller.signal.aborted) controller.abort();
    }
  }
}
