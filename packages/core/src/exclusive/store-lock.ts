import type { Circuit } from '../circuit/circuit.js';
import { answerOf } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import type { Lease } from '../contract/storage.js';
import { isAborted, onAbort, reasonOf } from '../contract/with-signal.js';
import { isCircuitryError } from '../errors/circuitry-error.js';
import { quote, show } from '../errors/show.js';
import { StorageError } from '../errors/storage-errors.js';
import type { StoreDoor } from '../store/store-door.js';
import { releaseWithin } from './held-lease.js';

/** A lock of the fleet, just taken. */
export interface Taken {
  readonly lease: Lease;
  /** When it ends unless it is extended, at the earliest, ms by the process's clock. */
  readonly endsAt: number;
}

/** Takes locks from the store: within a time, under the caller's signal, and never after the factory was closed. */
export class StoreLock {
  readonly #shared: Shared;
  readonly #door: StoreDoor;

  constructor(shared: Shared, door: StoreDoor) {
    this.#shared = shared;
    this.#door = door;
  }

  /**
   * Waits as long as `wait` says and the store may take to answer. Rejects with the caller's reason, ERR_CLOSED,
   * ERR_LOCK_TIMEOUT, or a storage error.
   */
  async acquire(
    circuit: Circuit,
    { lease, wait }: { readonly lease: number; readonly wait: number },
    signal: AbortSignal | undefined,
  ): Promise<Taken> {
    const { clock, storageTimeout } = this.#shared.settings;
    const controller = new AbortController();
    const limit = wait + storageTimeout;
    const answersBefore = this.#door.answersTo('lock');
    const askedAt = clock.now();
    let isGivenUp = false;
    const lets: (() => void)[] = [];
    try {
      return await answerOf<Taken>(({ resolve, reject }) => {
        const giveUp = (error: unknown): void => {
          isGivenUp = true;
          reject(error);
          controller.abort(error);
        };
        lets.push(
          clock.after(limit, () => {
            const error = noAnswer(circuit.name, limit);
            isGivenUp = true;
            // A backend that obeys its signal may know more than that no answer came: it has a turn to say so.
            lets.push(clock.after(0, () => reject(error)));
            controller.abort(error);
          }),
        );
        lets.push(this.#shared.lifecycle.onClose(giveUp));
        if (signal !== undefined) lets.push(onAbort(signal, () => giveUp(reasonOf(signal))));
        const asking = this.#ask(circuit.name, lease, wait, controller.signal);
        asking.then((taken) => {
          // A lock that comes after we gave up is nobody's.
          if (isGivenUp) void releaseWithin(taken.lease, storageTimeout, clock);
          else resolve(taken);
        }, reject);
      });
    } catch (error) {
      if ((isAborted(signal) && error === reasonOf(signal)) || this.#shared.lifecycle.isClosed) throw error;
      if (isCircuitryError(error, 'ERR_LOCK_TIMEOUT')) {
        this.#door.lockAnswered(circuit);
        throw error;
      }
      throw this.#door.lockFailed(circuit, error, answersBefore, askedAt);
    } finally {
      for (const letGo of lets) letGo();
    }
  }

  /** A lease that is over when it comes, or says nothing of its token or of what is left, is a fault of the backend's. */
  async #ask(name: string, length: number, wait: number, signal: AbortSignal): Promise<Taken> {
    const { backend, settings } = this.#shared;
    const { clock, storageTimeout } = settings;
    const given = Object(await backend.lock(name, { lease: length, wait, signal })) as Lease;
    // Looked at once: a stranger's lease may throw later on.
    // eslint-disable-next-line @typescript-eslint/unbound-method -- they are called on what they came with
    const { token, left, extend, release } = given;
    const isLease = typeof release === 'function' && typeof extend === 'function';
    const lease: Lease = { token, left, extend: (ms) => extend.call(given, ms), release: () => release.call(given) };
    if (isLease && Number.isFinite(token) && left > 0) return { lease, endsAt: clock.now() + Math.min(left, length) };
    // Nobody works under it, so nobody is to wait for its end.
    void releaseWithin(lease, storageTimeout, clock);
    throw new TypeError(`it answered no lease, or one with token ${show(token)} and ${show(left)} ms left`);
  }
}

function noAnswer(name: string, limit: number): StorageError {
  return new StorageError(
    `The store did not say within ${limit} ms whether the lock of circuit ${quote(name)} could be had. Check that it is up and near.`,
    { ambiguous: true },
  );
}
