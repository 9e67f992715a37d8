import { answerOf } from '../circuit/resolver.js';
import type { Clock } from '../time/clock.js';

/** A lock of this process alone, held. */
export interface ProcessLock {
  /** Lets the next one in. */
  release(): void;
}

/**
 * Locks of this process alone, by circuit name, for while the store can't lock. Whoever comes first has it; the others
 * wait in their order. No lease: in one process a holder can't be lost.
 */
export class ProcessLocks {
  readonly #clock: Clock;
  /** Who waits for each lock that is held, in order. */
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits at most `wait` ms, or until told to stop; null: it was not to be had in time. */
  async acquire(name: string, wait: number, onStop: (stop: () => void) => void): Promise<ProcessLock | null> {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) {
      this.#waiting.set(name, new Set());
      return this.#lock(name);
    }
    if (wait === 0) return null;
    const isOurs = await answerOf<boolean>(({ resolve }) => {
      const enter = (): void => leave(true);
      const leave = (isFree: boolean): void => {
        cancel();
        waiting.delete(enter);
        resolve(isFree);
      };
      const cancel = this.#clock.after(wait, () => leave(false));
      waiting.add(enter);
      onStop(() => leave(false));
    });
    return isOurs ? this.#lock(name) : null;
  }

  #lock(name: string): ProcessLock {
    let isHeld = true;
    return {
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        const [next] = this.#waiting.get(name) ?? [];
        if (next === undefined) this.#waiting.delete(name);
        else next();
      },
    };
  }
}
