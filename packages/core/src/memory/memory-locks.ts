import type { Clock } from '../time/clock.js';

interface Holding {
  readonly token: number;
  /** When the lease ends, inclusive: at exactly this ms it is over. */
  endsAt: number;
}

interface Waiter {
  /** Tried again when the lock may be free; true once it is served. */
  readonly attempt: () => boolean;
}

/** The locks of a {@link MemoryStore}: leases with fencing tokens, and those who wait for them, in order. */
export class MemoryLocks {
  readonly #clock: Clock;
  readonly #holdings = new Map<string, Holding>();
  readonly #waiters = new Map<string, Waiter[]>();
  #lastToken = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The token of a new lease; null while another holds it (L1). Whoever asks first once it is free has it. */
  tryAcquire(name: string, lease: number): number | null {
    if (this.#isHeld(name)) return null;
    this.#lastToken += 1;
    this.#holdings.set(name, { token: this.#lastToken, endsAt: this.#clock.now() + lease });
    return this.#lastToken;
  }

  /** False once the lease of `token` is over (L4). */
  extend(name: string, token: number, ms: number): boolean {
    const holding = this.#current(name, token);
    if (holding === null) return false;
    holding.endsAt = this.#clock.now() + ms;
    return true;
  }

  /** False once the lease of `token` is over (L4). */
  release(name: string, token: number): boolean {
    if (this.#current(name, token) === null) return false;
    this.#holdings.delete(name);
    this.#wake(name);
    return true;
  }

  /**
   * Waits for a turn: up to `wait` ms, or until `cancel` is called. Resolves with a token, or null when time is over.
   */
  wait(
    name: string,
    lease: number,
    wait: number,
  ): { readonly turn: Promise<number | null>; readonly cancel: () => void } {
    let finish: (token: number | null) => void = () => {};
    const turn = new Promise<number | null>((resolve) => (finish = resolve));
    const waiter: Waiter = {
      attempt: () => {
        const token = this.tryAcquire(name, lease);
        if (token === null) return false;
        stop(token);
        return true;
      },
    };
    const stopTimer = this.#clock.after(wait, () => stop(null));
    const stopPolling = this.#whenLeaseEnds(name, waiter);
    const stop = (token: number | null): void => {
      stopTimer();
      stopPolling();
      this.#forget(name, waiter);
      finish(token);
    };
    const queue = this.#waiters.get(name) ?? [];
    queue.push(waiter);
    this.#waiters.set(name, queue);
    return { turn, cancel: () => stop(null) };
  }

  /** A lease that nobody releases ends by itself (L2): look again when it should be over, and whenever it was extended. */
  #whenLeaseEnds(name: string, waiter: Waiter): () => void {
    let cancel = (): void => {};
    const arm = (): void => {
      const left = (this.#holdings.get(name)?.endsAt ?? 0) - this.#clock.now();
      cancel = this.#clock.after(Math.max(0, left), () => {
        if (!waiter.attempt()) arm();
      });
    };
    arm();
    return () => cancel();
  }

  #wake(name: string): void {
    for (const waiter of [...(this.#waiters.get(name) ?? [])]) if (waiter.attempt()) return;
  }

  #forget(name: string, waiter: Waiter): void {
    const queue = this.#waiters.get(name)?.filter((other) => other !== waiter) ?? [];
    if (queue.length === 0) this.#waiters.delete(name);
    else this.#waiters.set(name, queue);
  }

  #isHeld(name: string): boolean {
    const holding = this.#holdings.get(name);
    return holding !== undefined && this.#clock.now() < holding.endsAt;
  }

  #current(name: string, token: number): Holding | null {
    const holding = this.#holdings.get(name);
    return holding?.token === token && this.#isHeld(name) ? holding : null;
  }
}
