import { onAbort } from '../contract/with-signal.js';
import type { Clock } from '../time/clock.js';

interface Lock {
  /** Of its last holder. */
  token: number;
  /** When the lease ends, inclusive: at exactly this ms it is over. */
  endsAt: number;
  /** Those who look again when the lock may be free, in the order in which they came. */
  readonly waiters: Set<() => void>;
}

/** The locks of a {@link MemoryStore}: leases with fencing tokens, and those who wait for them, in order. */
export class MemoryLocks {
  readonly #clock: Clock;
  readonly #locks = new Map<string, Lock>();
  #sweep: Iterator<[string, Lock]> = this.#locks.entries();
  #lastToken = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many locks it keeps, those that nobody holds included. */
  get size(): number {
    return this.#locks.size;
  }

  /** The token of a new lease; null while another holds it (L1). Whoever asks first once it is free has it. */
  tryAcquire(name: string, lease: number): number | null {
    const lock = this.#lock(name);
    const now = this.#clock.now();
    if (now < lock.endsAt) return null;
    this.#lastToken += 1;
    lock.token = this.#lastToken;
    lock.endsAt = now + lease;
    return lock.token;
  }

  /** False once the lease of `token` is over (L4). */
  extend(name: string, token: number, ms: number): boolean {
    const lock = this.#locks.get(name);
    const now = this.#clock.now();
    if (lock?.token !== token || now >= lock.endsAt) return false;
    lock.endsAt = now + ms;
    return true;
  }

  /** False once the lease of `token` is over (L4). */
  release(name: string, token: number): boolean {
    if (!this.extend(name, token, 0)) return false;
    const { waiters } = this.#lock(name);
    if (waiters.size === 0) this.#locks.delete(name);
    for (const look of [...waiters]) look();
    return true;
  }

  /**
   * Waits for a turn: a token, or null once `wait` ms are over, one of `signals` is aborted, or what this leaves in
   * `givenUp` while it waits is called.
   */
  wait(
    name: string,
    lease: number,
    wait: number,
    signals: readonly AbortSignal[],
    givenUp: Set<() => void> = new Set(),
  ): Promise<number | null> {
    const lock = this.#lock(name);
    return new Promise((resolve) => {
      let cancelLook = (): void => {};
      const leave = (token: number | null): void => {
        lock.waiters.delete(look);
        givenUp.delete(giveUp);
        cancelLook();
        for (const stop of stops) stop();
        resolve(token);
      };
      /** A lease that nobody releases ends by itself (L2): looks when it should be over, and again if it was extended. */
      const look = (): void => {
        cancelLook();
        const token = this.tryAcquire(name, lease);
        if (token !== null) leave(token);
        else cancelLook = this.#clock.after(lock.endsAt - this.#clock.now(), look);
      };
      const giveUp = (): void => leave(null);
      const stops = [this.#clock.after(wait, giveUp)];
      lock.waiters.add(look);
      givenUp.add(giveUp);
      look();
      for (const signal of signals) stops.push(onAbort(signal, giveUp));
    });
  }

  #lock(name: string): Lock {
    let lock = this.#locks.get(name);
    if (lock === undefined) {
      this.#sweepTwo();
      lock = { token: 0, endsAt: -Infinity, waiters: new Set() };
      this.#locks.set(name, lock);
    }
    return lock;
  }

  /** Drops locks that nobody released, and whose lease is over. Two for each new one: so memory stays bounded without a timer. */
  #sweepTwo(): void {
    const now = this.#clock.now();
    for (let looked = 0; looked < 2; looked += 1) {
      const step = this.#sweep.next();
      if (step.done === true) {
        this.#sweep = this.#locks.entries();
        return;
      }
      const [name, { endsAt, waiters }] = step.value;
      if (endsAt <= now && waiters.size === 0) this.#locks.delete(name);
    }
  }
}
