import type { Clock } from '@circuitry/core';
import type { VirtualClock } from '@circuitry/core/testing';
import type { WorkerPlan } from './plan/plan.js';

/**
 * One machine's clock in a fleet on one virtual time: off by a skew, running a little fast or slow, set by an operator
 * now and then. It also is the machine's only way to be called: a paused machine is called when it goes on, a dead one
 * never.
 */
export class WorkerClock implements Clock {
  readonly #time: VirtualClock;
  readonly #drift: number;
  readonly #begun: number;
  #skew: number;
  #pausedUntil = -Infinity;
  #isDead = false;

  constructor(time: VirtualClock, plan: WorkerPlan) {
    this.#time = time;
    this.#drift = plan.drift;
    this.#skew = plan.skew;
    this.#begun = time.now();
  }

  now(): number {
    return Math.floor(this.#begun + (this.#time.now() - this.#begun) * this.#drift + this.#skew);
  }

  after(ms: number, callback: () => void): () => void {
    return this.#time.after(ms / this.#drift, () => this.call(callback));
  }

  /** Calls into the machine: now, when its pause is over, or never. */
  call(callback: () => void): void {
    if (this.#isDead) return;
    const left = this.#pausedUntil - this.#time.now();
    if (left > 0) this.#time.after(left, () => this.call(callback));
    else callback();
  }

  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#time.now() + ms);
  }

  step(by: number): void {
    this.#skew += by;
  }

  die(): void {
    this.#isDead = true;
  }

  get isDead(): boolean {
    return this.#isDead;
  }
}
