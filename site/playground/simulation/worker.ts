import {
  CircuitBreakerFactory,
  circuitName,
  isCircuitryError,
  type CallRefusedError,
  type CircuitState,
  type Settled,
} from '@circuitry/core';
import type { Bar } from './chronicle.js';
import type { Dependency } from './dependency.js';
import type { Employer } from './employer.js';
import { factoryOptions } from '../scenario/factory-options.js';
import type { Job } from './job-queue.js';
import { seeded } from './random.js';
import { tenantNames, type Scenario } from '../scenario/scenario.js';
import { StoreDoor } from './store-door.js';

/** How long a failed job rests, ms, times the number of its failures. */
const rest = 2_000;

/** What a worker knows of a tenant's circuit. */
export interface Knowledge {
  readonly state: CircuitState;
  /** When that state ends by itself, ms by the clock; null: it doesn't. */
  readonly until: number | null;
}

interface Run {
  readonly job: Job;
  bar: Bar | null;
}

/** One process: it does one job at a time, through a real factory of core. */
export class Worker {
  readonly id: number;
  freeSince = 0;
  knows: Knowledge[] = [];
  readonly #fleet: Employer;
  readonly #scenario: Scenario;
  readonly #dependencies: readonly Dependency[];
  #factory: CircuitBreakerFactory;
  #run: Run | null = null;

  constructor(id: number, fleet: Employer, scenario: Scenario, dependencies: readonly Dependency[]) {
    this.id = id;
    this.#fleet = fleet;
    this.#scenario = scenario;
    this.#dependencies = dependencies;
    this.#factory = this.#begin();
  }

  get isFree(): boolean {
    return this.#run === null;
  }

  run(job: Job): void {
    const run: Run = { job, bar: null };
    this.#run = run;
    const name = tenantNames[job.tenant] ?? 'acme';
    const work = (): Promise<void> => this.#work(run);
    const settling =
      this.#fleet.kind === 'none'
        ? work().then(
            (): Settled<void> => ({ status: 'fulfilled', value: undefined, decidedBy: 'allow' }),
            (reason: unknown): Settled<void> => ({ status: 'rejected', reason, decidedBy: 'allow' }),
          )
        : this.#factory.breakerFor('send-mail', { tenant: name }).settle(work);
    void settling.then((settled) => {
      // A process that ended meanwhile hears of nothing.
      if (this.#run === run) this.#ended(run, settled);
    });
  }

  restart(): void {
    const run = this.#run;
    if (run !== null) {
      if (run.bar !== null) this.#close(run.bar, 'cut');
      this.#run = null;
      this.#fleet.queue.add({ ...run.job, isBack: true }, 500);
    }
    if (this.#fleet.kind === 'local') {
      this.knows.forEach((_, tenant) => this.#fleet.turned(this.id, tenant, 'closed'));
    }
    this.#factory = this.#begin();
  }

  #begin(): CircuitBreakerFactory {
    const { circuit, world } = this.#scenario;
    const fleet = this.#fleet;
    this.knows = Array.from({ length: world.tenants }, () => ({ state: 'closed', until: null }));
    const random = seeded(world.seed * 101 + this.id);
    const factory: CircuitBreakerFactory = new CircuitBreakerFactory({
      ...factoryOptions(circuit),
      backend: new StoreDoor(fleet.connect(), fleet.way),
      clock: fleet.clock,
      random,
      nameFor: (kind, context) => circuitName(kind, String(context['tenant'])),
    });
    const isCurrent = (): boolean => factory === this.#factory;
    const learn = (name: string, state: CircuitState, until: Date | null): void => {
      const tenant = tenantOf(name);
      if (isCurrent() && tenant !== -1) this.knows[tenant] = { state, until: until?.getTime() ?? null };
    };
    factory.on('observed', ({ name, information }) => learn(name, information.state, information.expiresAfter));
    factory.on('stateChange', ({ name, to, context }) => {
      if (!isCurrent()) return;
      fleet.turned(this.id, tenantNames.indexOf(context['tenant'] as 'acme'), to);
      learn(name, to, to === 'open' ? new Date(fleet.clock.now() + circuit.pause * 1_000) : null);
    });
    return factory;
  }

  async #work(run: Run): Promise<void> {
    const { job } = run;
    const { tally, chronicle } = this.#fleet;
    const dependency = this.#dependencies[job.tenant];
    if (dependency === undefined || this.#run !== run) return;
    const now = this.#fleet.now();
    const isTrial = this.knows[job.tenant]?.state === 'half-open';
    run.bar = { worker: this.id, tenant: job.tenant, from: now, to: now, ending: 'running', isTrial };
    chronicle.bars.push(run.bar);
    if (dependency.condition !== 'healthy') tally.callsIntoTrouble += 1;
    else if (!job.isBack) {
      const wait = this.#fleet.clock.now() - job.arrivedAt;
      tally.healthyJobs += 1;
      tally.healthyWait += wait;
      tally.longestHealthyWait = Math.max(tally.longestHealthyWait, wait);
    }
    await dependency.call(job.id, job.failures);
  }

  #ended(run: Run, settled: Settled<void>): void {
    const { job, bar } = run;
    const { tally, queue, chronicle } = this.#fleet;
    if (bar !== null) this.#close(bar, settled.status === 'fulfilled' ? 'done' : 'failed');
    if (settled.status === 'fulfilled') tally.done += 1;
    else if (settled.status === 'refused') {
      tally.refused += 1;
      this.#heard(job.tenant, settled.error);
      chronicle.refusals.push({ worker: this.id, tenant: job.tenant, at: this.#fleet.now() });
      queue.add({ ...job, isBack: true }, retryAfterOf(settled.error));
    } else this.#failed(job, bar);
    this.#run = null;
    this.freeSince = this.#fleet.now();
    this.#fleet.dispatch();
  }

  /** A refusal says what the circuit is: the only news of it while the store is down. */
  #heard(tenant: number, error: unknown): void {
    if (!isCircuitryError(error) || !('state' in error)) return;
    const { state, retryAfter } = error as CallRefusedError;
    const until = state === 'open' && retryAfter !== null ? this.#fleet.clock.now() + retryAfter : null;
    this.knows[tenant] = { state, until };
  }

  #failed(job: Job, bar: Bar | null): void {
    const { tally, queue } = this.#fleet;
    const failures = job.failures + 1;
    tally.failedCalls += 1;
    if (bar !== null) tally.wasted += bar.to - bar.from;
    if (failures >= this.#scenario.world.attempts) tally.lost += 1;
    else queue.add({ ...job, failures, isBack: true }, rest * failures);
  }

  #close(bar: Bar, ending: Bar['ending']): void {
    bar.to = this.#fleet.now();
    bar.ending = ending;
  }
}

function tenantOf(name: string): number {
  return tenantNames.findIndex((tenant) => name === circuitName('send-mail', tenant));
}

function retryAfterOf(error: unknown): number {
  if (!isCircuitryError(error)) return 1_000;
  return (error as Partial<CallRefusedError>).retryAfter ?? 1_000;
}
