import { MemoryBackend, type CircuitState, type Clock } from '@circuitry/core';
import { Chronicle } from './chronicle.js';
import type { Dependency } from './dependency.js';
import type { Employer, FleetKind } from './employer.js';
import { JobQueue, type Job } from './job-queue.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Way } from './store-door.js';
import { emptyTally, type Tally } from './tally.js';
import { Worker } from './worker.js';

/** Workers with one queue. Everything but the circuits is the same in every fleet. */
export class Fleet implements Employer {
  readonly kind: FleetKind;
  readonly chronicle: Chronicle;
  readonly tally: Tally = emptyTally();
  readonly queue: JobQueue;
  readonly way: Way;
  readonly workers: readonly Worker[];
  readonly #clock: Clock;
  readonly #beginning: number;
  readonly #store: MemoryBackend;

  constructor(kind: FleetKind, clock: Clock, scenario: Scenario, dependencies: readonly Dependency[]) {
    const { tenants, workers, storeLatency } = scenario.world;
    this.kind = kind;
    this.#clock = clock;
    this.#beginning = clock.now();
    this.chronicle = new Chronicle(tenants, kind === 'local' ? workers : 1);
    this.#store = new MemoryBackend({ clock });
    this.way = { clock, latency: kind === 'shared' ? storeLatency : 0, isDown: false, reads: 0, writes: 0 };
    this.queue = new JobQueue(clock, () => this.dispatch());
    this.workers = Array.from({ length: workers }, (_, id) => new Worker(id, this, scenario, dependencies));
  }

  /** ms since the beginning. */
  now(): number {
    return this.#clock.now() - this.#beginning;
  }

  get clock(): Clock {
    return this.#clock;
  }

  /** A new process's way to its circuits: one store for all, or memory of its own, which begins empty. */
  connect(): MemoryBackend {
    return this.kind === 'shared' ? this.#store.connect() : new MemoryBackend({ clock: this.#clock });
  }

  /** Gives jobs that are ready to workers that are free: whoever has been free for longest is first. */
  dispatch(): void {
    while (this.queue.ready > 0) {
      const free = this.workers.filter((worker) => worker.isFree);
      const [next, ...others] = free;
      if (next === undefined) return;
      const worker = others.reduce((best, each) => (each.freeSince < best.freeSince ? each : best), next);
      const job = this.queue.take();
      if (job !== undefined) worker.run(job);
    }
  }

  /** A transition of a tenant's circuit: of the fleet's, or of one worker's own. */
  turned(worker: number, tenant: number, state: CircuitState): void {
    this.chronicle.turn(tenant, this.kind === 'local' ? worker : 0, state, this.now());
  }

  /** All processes end and begin anew, as at a deploy. What ran is lost and comes back as a job. */
  restart(): void {
    for (const worker of this.workers) worker.restart();
    this.dispatch();
  }

  arrive(job: Job): void {
    this.queue.add({ ...job });
  }
}
