import type { Lease } from '../contract/storage.js';
import { StorageError } from '../errors/storage-errors.js';
import { isCircuitryError } from '../errors/circuitry-error.js';
import { MemoryBackend } from '../memory/memory-backend.js';
import { refusedBy, type Admission, type Applicant, type Decision } from './admission.js';
import type { Circuit, CircuitSubject } from './circuit.js';
import type { Fallback } from './fallback.js';
import { HeldLease, releaseWithin } from './held-lease.js';
import type { Services } from './services.js';
import type { StoreClient } from './store-client.js';

/**
 * `exclusive`: one job at a time per circuit in the whole fleet, by a lease with heartbeats. Losing the lease aborts
 * the work's signal. While the store is down the lock is this process's own, under `'local'`, or none, under `'allow'`.
 */
export class Exclusive<Context> {
  readonly #services: Services<Context>;
  readonly #client: StoreClient<Context>;
  readonly #admission: Admission<Context>;
  readonly #fallback: Fallback<Context>;
  readonly #length: number;
  readonly #wait: number;
  /** Locks of this process alone. */
  readonly #localLocks: MemoryBackend;

  constructor(
    services: Services<Context>,
    client: StoreClient<Context>,
    admission: Admission<Context>,
    fallback: Fallback<Context>,
    options: { readonly lease: number; readonly wait: number },
  ) {
    this.#services = services;
    this.#client = client;
    this.#admission = admission;
    this.#fallback = fallback;
    this.#length = options.lease;
    this.#wait = options.wait;
    this.#localLocks = new MemoryBackend({ clock: services.settings.clock });
  }

  /** As `Admission.decide`, once the lock is held. */
  decide(
    circuit: Circuit<Context>,
    subject: CircuitSubject<Context>,
    signal: AbortSignal | undefined,
    applicant: Applicant<Context>,
  ): void {
    void this.#decide(circuit, subject, signal).then((decision) => applicant.decided(decision));
  }

  async #decide(
    circuit: Circuit<Context>,
    subject: CircuitSubject<Context>,
    signal: AbortSignal | undefined,
  ): Promise<Decision<Context>> {
    const { clock, storageTimeout } = this.#services.settings;
    let askedAt: number;
    let lease: Lease | null;
    try {
      // A refusal needs no lock, and a job that would be refused must not wait for one.
      const refusal = await this.#peek(circuit, subject);
      if (refusal !== null) return refusal;
      askedAt = clock.now();
      lease = await this.#lock(circuit, signal);
    } catch (error) {
      return refusedBy(error);
    }
    // Granted at the earliest when it was asked for, or, after a wait, one answer before we heard of it.
    const begunAt = Math.max(askedAt, clock.now() - storageTimeout);
    const decision = await new Promise<Decision<Context>>((decided) =>
      this.#admission.decide(circuit, subject, signal, { decided }),
    );
    if (lease === null) return decision;
    if (decision.status === 'refused') {
      await releaseWithin(lease, storageTimeout, clock);
      return decision;
    }
    decision.lease = new HeldLease(lease, {
      name: circuit.name,
      length: this.#length,
      begunAt,
      patience: storageTimeout,
      clock,
      onLost: (error) => decision.abort(error),
    });
    return decision;
  }

  async #peek(circuit: Circuit<Context>, subject: CircuitSubject<Context>): Promise<Decision<Context> | null> {
    try {
      return await this.#admission.peek(circuit, subject);
    } catch (error) {
      if (!this.#fallback.covers(error)) throw error;
      return null;
    }
  }

  async #lock(circuit: Circuit<Context>, signal: AbortSignal | undefined): Promise<Lease | null> {
    // The peek has just asked, or was refused because others do: nothing is gained by a second question.
    if (!this.#client.isDown && circuit.health === null) {
      try {
        return await this.#lockInStore(circuit, signal);
      } catch (error) {
        if (!this.#fallback.covers(error)) throw error;
      }
    }
    if (this.#fallback.portFor(circuit) === null) return null;
    return this.#localLocks.lock(localName(circuit.key), {
      lease: this.#length,
      wait: this.#wait,
      ...(signal && { signal }),
    });
  }

  /** Waits as long as `wait` says and the store may take to answer, or until the caller gives up. */
  async #lockInStore(circuit: Circuit<Context>, signal: AbortSignal | undefined): Promise<Lease> {
    const { backend, settings } = this.#services;
    const limit = this.#wait + settings.storageTimeout;
    const controller = new AbortController();
    const follow = (): void => controller.abort(signal?.reason);
    signal?.addEventListener('abort', follow);
    let isGivenUp = false;
    let stopTimer = (): void => {};
    const tooLate = new Promise<never>((_, reject) => {
      stopTimer = settings.clock.after(limit, () => {
        isGivenUp = true;
        const error = noAnswer(circuit.name, limit);
        reject(error);
        controller.abort(error);
      });
    });
    try {
      const asking = backend.lock(circuit.name, { lease: this.#length, wait: this.#wait, signal: controller.signal });
      // A lock that comes after we gave up is nobody's: give it back.
      asking.then((late) => (isGivenUp ? late.release() : undefined)).catch(() => {});
      const lease: Partial<Lease> | undefined = await Promise.race([asking, tooLate]);
      if (typeof lease?.release === 'function') return lease as Lease;
      throw new TypeError('it answered no lease');
    } catch (error) {
      if (signal?.aborted === true || isCircuitryError(error, 'ERR_LOCK_TIMEOUT')) throw error;
      throw this.#client.lockFailed(circuit, error);
    } finally {
      stopTimer();
      signal?.removeEventListener('abort', follow);
    }
  }
}

/** A name that is one, of whatever a circuit is remembered by; two very long ones may share a lock. */
function localName(key: string): string {
  return Array.from(JSON.stringify(key)).slice(0, 200).join('');
}

function noAnswer(name: string, limit: number): StorageError {
  return new StorageError(
    `The store did not say within ${limit} ms whether the lock of circuit ${JSON.stringify(name)} could be had. Check that it is up and near.`,
    { ambiguous: true },
  );
}
