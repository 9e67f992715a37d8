import { systemClock, type Clock } from '@circuitry/core';
import { nextTurn as takeTurn } from '@circuitry/core/testing';

let coming: Promise<void> | undefined;

/**
 * Resolves in a later turn of the event loop.
 *
 * All who wait for one turn go on in it together, so that their next calls run side by side even against a backend
 * that answers at once.
 */
export function nextTurn(): Promise<void> {
  coming ??= takeTurn().then(() => {
    coming = undefined;
  });
  return coming;
}

/** Whether somebody waits for the next turn: then time must not be moved on yet. */
export function isTurnAwaited(): boolean {
  return coming !== undefined;
}

/** What {@link Time} counts the upper bounds of a wait in, ms. */
const beat = 100;

/**
 * How checks tell time and wait.
 *
 * Backends run on real clocks, so a check waits for the real one; the tests of the kit itself hand in a virtual one.
 */
export class Time {
  readonly #clock: Clock;
  readonly #stall: (ms: number) => void;

  /** @param stall has this whole process stand still. */
  constructor(clock: Clock, stall: (ms: number) => void) {
    this.#clock = clock;
    this.#stall = stall;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#clock.now();
  }

  /** Has this process stand still: answers that come meanwhile are met only afterwards. */
  stall(ms: number): void {
    this.#stall(ms);
  }

  /** Resolves `ms` milliseconds from now. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(ms, resolve));
  }

  /** Settles as `promise` does, or with what `onLate` gives or throws once `ms`, stalls apart, are over. */
  within<T>(ms: number, promise: Promise<T>, onLate: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#attend(ms, () => {
        try {
          resolve(onLate());
        } catch (error) {
          reject(error);
        }
      });
      promise.then(
        (value) => {
          cancel();
          resolve(value);
        },
        (error: unknown) => {
          cancel();
          reject(error);
        },
      );
    });
  }

  /** Starts a watch for an upper bound; it answers, once, whether more than `ms`, stalls apart, have passed. */
  watchFor(ms: number): () => boolean {
    let over = false;
    const cancel = this.#attend(ms, () => (over = true));
    return () => {
      cancel();
      return over;
    };
  }

  /** Asks again every `every` ms until the answer is true; false once it was asked for `limit` ms, stalls apart. */
  async eventually(probe: () => boolean | Promise<boolean>, limit: number, every = 10): Promise<boolean> {
    for (let left = Math.ceil(limit / every); ; left -= 1) {
      if (await probe()) return true;
      if (left <= 0) return false;
      await this.pause(every);
    }
  }

  /** Aborts a new signal after `ms`; `cancel` forgets it. */
  abortAfter(ms: number): { readonly signal: AbortSignal; readonly reason: Error; readonly cancel: () => void } {
    const controller = new AbortController();
    const reason = new Error(`the ${ms} ms that this call may take are over`);
    const cancel = this.#clock.after(ms, () => controller.abort(reason));
    return { signal: controller.signal, reason, cancel };
  }

  /**
   * Calls `onOver` once `ms` have passed in which this process was running: a machine that stalls must not make a slow
   * backend out of a good one, so a stall counts as one beat. Answers what stops it.
   */
  #attend(ms: number, onOver: () => void): () => void {
    let left = ms;
    let cancel = (): void => {};
    const arm = (): void => {
      const step = Math.min(left, beat);
      cancel = this.#clock.after(step, () => {
        left -= step;
        if (left > 0) arm();
        else onOver();
      });
    };
    arm();
    return () => cancel();
  }
}

/** The machine's own time. */
export const systemTime: Time = new Time(systemClock, standStill);

function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
