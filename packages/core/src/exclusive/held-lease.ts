import type { Held } from '../call/call.js';
import { answerOf, type OwnContext } from '../circuit/resolver.js';
import type { Lease } from '../contract/storage.js';
import { isCircuitryError } from '../errors/circuitry-error.js';
import { LeaseLostError } from '../errors/storage-errors.js';
import type { Clock } from '../time/clock.js';

/** How a lease is held. */
export interface HoldOptions {
  readonly name: string;
  /** ms */
  readonly length: number;
  /** When it ends, at the earliest, ms by the process's clock. */
  readonly endsAt: number;
  /** How long giving it back may take, ms; after that it is left to end by itself. */
  readonly patience: number;
  readonly clock: Clock;
  /** Where heartbeats run. */
  readonly context: OwnContext;
  /** Called once. */
  readonly onLost: (error: LeaseLostError) => void;
}

/**
 * A lease that is renewed every third of its length while its work runs. Once it is lost, or is over without a renewal
 * that was heard of, whoever relies on it is told: the store may be silent, but another worker may hold it by then.
 */
export class HeldLease implements Held {
  /** What a protected resource compares to tell a late holder from the present one. */
  readonly token: number;
  readonly stopsWork = true;
  readonly #lease: Lease;
  readonly #options: HoldOptions;
  #isOver = false;
  #cancelBeat: () => void = () => {};
  #cancelEnd: () => void = () => {};

  constructor(lease: Lease, options: HoldOptions) {
    this.token = lease.token;
    this.#lease = lease;
    this.#options = options;
    this.#endAt(options.endsAt);
    // Handed out with a third of it left or more: the first heartbeat may be due sooner than the others.
    const left = options.endsAt - options.clock.now();
    this.#arm(Math.max(0, Math.min(options.length / 3, left / 2)));
  }

  /** Gives it back. Nothing to mend where it was lost, or the store is away: it ends by itself. */
  async letGo(): Promise<void> {
    if (this.#isOver) return;
    this.#stop();
    await releaseWithin(this.#lease, this.#options.patience, this.#options.clock);
  }

  #arm(ms: number): void {
    const { clock, context } = this.#options;
    this.#cancelBeat = clock.after(ms, () => context.soon(() => void this.#beat()), { background: true });
  }

  async #beat(): Promise<void> {
    if (this.#isOver) return;
    const { clock, length } = this.#options;
    const askedAt = clock.now();
    // Before the answer: a store that never answers must not keep the next beat from being tried.
    this.#arm(length / 3);
    try {
      await this.#lease.extend(length);
      if (!this.#isOver) this.#endAt(askedAt + length);
    } catch (error) {
      // Another error may pass before the lease is over: the next beat tries again.
      if (isCircuitryError(error, 'ERR_LEASE_LOST')) this.#lose('the store says so', error);
    }
  }

  #endAt(endsAt: number): void {
    const { clock, context, length } = this.#options;
    this.#cancelEnd();
    // A clock that stepped back while the store was asked must not make the lease longer.
    const left = Math.min(length, Math.max(0, endsAt - clock.now()));
    const end = (): void => context.soon(() => this.#lose('it could not be renewed in time', undefined));
    this.#cancelEnd = clock.after(left, end, { background: true });
  }

  #lose(what: string, cause: unknown): void {
    if (this.#isOver) return;
    this.#stop();
    this.#options.onLost(new LeaseLostError(this.#options.name, what, { cause }));
  }

  #stop(): void {
    this.#isOver = true;
    this.#cancelBeat();
    this.#cancelEnd();
  }
}

/** Gives a lease back, and waits for it at most `patience` ms: the caller's result must not hang on it. Never rejects. */
export function releaseWithin(lease: Lease, patience: number, clock: Clock): Promise<void> {
  return answerOf<void>(({ resolve }) => {
    const cancel = clock.after(patience, resolve);
    const over = (): void => {
      cancel();
      resolve();
    };
    // Async: a stranger's release may throw at once, or answer no promise.
    (async () => lease.release())().then(over, over);
  });
}
