import { VirtualClock } from '@circuitry/core/testing';
import { Dependency } from './dependency.js';
import { Fleet } from './fleet.js';
import { seeded } from './random.js';
import type { Happening, Scenario } from '../scenario/scenario.js';

/** Two fleets that get the same jobs at the same moments and call the same dependencies, on one clock. */
export class World {
  readonly scenario: Scenario;
  readonly other: Fleet;
  readonly shared: Fleet;
  readonly dependencies: readonly Dependency[];
  /** What happened so far, and what the scenario still has to come. */
  readonly happenings: Happening[];
  readonly #clock = new VirtualClock();
  readonly #beginning = this.#clock.now();
  #done = 0;
  #jobs = 0;
  #moving: Promise<void> = Promise.resolve();

  constructor(scenario: Scenario) {
    const { world } = scenario;
    this.scenario = scenario;
    this.happenings = scenario.happenings.filter((each) => each.what !== 'condition' || each.tenant < world.tenants);
    this.dependencies = Array.from({ length: world.tenants }, () => new Dependency(this.#clock, world));
    this.other = new Fleet(world.compare, this.#clock, scenario, this.dependencies);
    this.shared = new Fleet('shared', this.#clock, scenario, this.dependencies);
    for (let tenant = 0; tenant < world.tenants; tenant += 1) this.#arrivals(tenant);
  }

  /** ms since the beginning. */
  now(): number {
    return this.#clock.now() - this.#beginning;
  }

  get isStoreDown(): boolean {
    return this.shared.way.isDown;
  }

  /** Moves time on; what was scheduled for that time happens. Calls queue up: each is done before the next begins. */
  advance(ms: number): Promise<void> {
    this.#moving = this.#moving.then(() => this.#advance(ms));
    return this.#moving;
  }

  /** Makes something happen now, by hand: it becomes part of the scenario. */
  do(happening: Happening): void {
    this.happenings.splice(this.#done, 0, happening);
    this.#done += 1;
    this.#apply(happening);
  }

  async #advance(ms: number): Promise<void> {
    const end = this.now() + ms;
    for (let next = this.happenings[this.#done]; next !== undefined; next = this.happenings[this.#done]) {
      const due = next.at * 1_000;
      if (due > end) break;
      await this.#clock.advance(Math.max(0, due - this.now()));
      this.#done += 1;
      this.#apply(next);
    }
    await this.#clock.advance(Math.max(0, end - this.now()));
    for (const fleet of [this.other, this.shared]) fleet.chronicle.forget(this.now());
  }

  #apply(happening: Happening): void {
    switch (happening.what) {
      case 'condition': {
        const dependency = this.dependencies[happening.tenant];
        if (dependency !== undefined) dependency.condition = happening.condition;
        break;
      }
      case 'restart':
        this.other.restart();
        this.shared.restart();
        break;
      case 'store-down':
      case 'store-up':
        this.shared.way.isDown = happening.what === 'store-down';
        break;
    }
  }

  /** One tenant's jobs, at random moments that the seed decides. */
  #arrivals(tenant: number): void {
    const { tenants, jobs, seed } = this.scenario.world;
    const random = seeded(seed * 1_009 + tenant);
    const mean = (1_000 * tenants) / jobs;
    const next = (): void => {
      this.#clock.after(Math.round(mean * (0.25 + 1.5 * random())), () => {
        const job = {
          id: this.#jobs,
          tenant,
          arrivedAt: this.#clock.now(),
          failures: 0,
          isBack: false,
        };
        this.#jobs += 1;
        this.other.arrive(job);
        this.shared.arrive(job);
        next();
      });
    };
    next();
  }
}
