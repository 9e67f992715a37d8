import type { Clock } from '@circuitry/core';
import { seeded } from './random.js';
import type { Condition, WorldSettings } from '../scenario/scenario.js';

/** One tenant's dependency: both fleets call the same one. What a call meets depends on the job and the moment alone. */
export class Dependency {
  condition: Condition = 'healthy';
  readonly #clock: Clock;
  readonly #world: WorldSettings;

  constructor(clock: Clock, world: WorldSettings) {
    this.#clock = clock;
    this.#world = world;
  }

  /** Does a job's work, or fails as the dependency does at this moment. */
  call(job: number, attempt: number): Promise<void> {
    const random = seeded(this.#world.seed * 7_919 + job * 31 + attempt);
    random();
    const usual = this.#world.work * (0.6 + 0.8 * random());
    switch (this.condition) {
      case 'healthy':
        return this.#after(usual, null);
      case 'slow':
        return this.#after(usual * 8, null);
      case 'flaky':
        return this.#after(usual, random() < 0.5 ? 'HTTP 503' : null);
      case 'refusing':
        return this.#after(10, 'connect ECONNREFUSED');
      case 'down':
        return this.#after(this.#world.timeout, 'connect ETIMEDOUT');
    }
  }

  #after(ms: number, fault: string | null): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#clock.after(Math.round(ms), () => (fault === null ? resolve() : reject(new Error(fault))));
    });
  }
}
