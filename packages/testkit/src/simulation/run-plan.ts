import { MemoryBackend, type StorageBackend } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { Announcements } from './rules/announcements.js';
import { Invariants } from './rules/invariants.js';
import { WatchedLedger } from './rules/watched-ledger.js';
import { checkCounts } from './outcome-counts.js';
import { allSettings, describeFault, type FaultPlan, type FleetPlan, type JobPlan } from './plan/plan.js';
import { Chronicle, type Violation } from './rules/violations.js';
import { Worker } from './worker.js';
import type { CoreUnderTest, World } from './world.js';

/** What a run came to. */
export interface PlanResult {
  readonly violations: readonly Violation[];
  readonly trace: string;
  /** How often each kind of thing happened: a run in which nothing happened proves nothing. */
  readonly happened: { readonly calls: number; readonly writes: number; readonly transitions: number };
}

/** The jobs that show whether circuits close again once everything is mended: so many rounds of them. */
const healingRounds = 14;

/** Runs a plan on virtual time. Deterministic: one plan, one run. */
export async function runPlan(
  plan: FleetPlan,
  core: CoreUnderTest,
  makeStore: (clock: VirtualClock) => StorageBackend = (clock) => new MemoryBackend({ clock }),
): Promise<PlanResult> {
  const fleet = new Fleet(plan, core, makeStore);
  await fleet.live();
  await fleet.heal();
  await fleet.end();
  return fleet.result;
}

class Fleet {
  readonly #plan: FleetPlan;
  readonly #time = new VirtualClock();
  readonly #world: World;
  readonly #workers: Worker[] = [];
  readonly #everybody: Worker[] = [];
  /** Circuits whose dependency fails now, each as often as faults overlap. */
  readonly #broken: number[] = [];
  /** Circuits that the store refuses now. */
  readonly #refused: Extract<FaultPlan, { readonly kind: 'circuit-outage' }>[] = [];
  #outages = 0;
  #isStoreFlushed = false;

  constructor(plan: FleetPlan, core: CoreUnderTest, makeStore: (clock: VirtualClock) => StorageBackend) {
    this.#plan = plan;
    const now = (): number => this.#time.now();
    const ledger = new WatchedLedger((name, entry) => this.#world.invariants.stored(name, entry));
    const chronicle = new Chronicle(now);
    this.#world = {
      plan,
      core,
      time: this.#time,
      store: makeStore(this.#time),
      ledger,
      chronicle,
      invariants: new Invariants(plan, ledger, chronicle, now),
      announcements: new Announcements(ledger, chronicle),
      isStoreDown: () => this.#outages > 0,
      isHealthy: (circuit) => !this.#broken.includes(circuit),
      isRefused: (name, reads) =>
        this.#refused.some((fault) => name === `c${fault.circuit}` && (fault.reads || !reads)),
      running: new Map(),
      ended: [],
    };
    for (let place = 0; place < plan.workers.length; place += 1) this.#boot(place);
  }

  /** Jobs and faults, each at its time. */
  async live(): Promise<void> {
    for (const job of this.#plan.jobs) this.#time.after(job.at, () => this.#land(job));
    for (const fault of this.#plan.faults) this.#time.after(fault.at, () => this.#befall(fault));
    await this.#time.advance(this.#plan.length);
  }

  /** F5: everything is mended; whoever died, its circuits close again. */
  async heal(): Promise<void> {
    const { chronicle, ledger } = this.#world;
    chronicle.tell('--', 'everything is mended');
    this.#broken.length = 0;
    this.#outages = 0;
    this.#refused.length = 0;
    for (const [place, worker] of this.#workers.entries()) {
      worker.trouble.isCut = false;
      worker.trouble.loss = 0;
      worker.mended();
      if (worker.machine.isDead) this.#boot(place);
    }
    const pauses = allSettings(this.#plan).map(({ allowAfter, trialLease }) => Math.max(allowAfter, trialLease, 500));
    for (let round = 0; round < healingRounds; round += 1) {
      await this.#time.advance(Math.max(...pauses));
      for (let circuit = 0; circuit < this.#plan.circuits; circuit += 1) {
        this.#land({
          at: 0,
          worker: round % this.#workers.length,
          circuit,
          duration: 5,
          form: 'execute',
          ignored: false,
          abortAfter: null,
        });
      }
    }
    await this.#time.advance(5_000);
    for (const name of ledger.names()) {
      const record = ledger.current(name);
      if (record !== null && record.state !== 'closed') {
        chronicle.violated('F5', `${name} is still ${record.state} after ${healingRounds} healthy rounds`);
      }
    }
  }

  /** What is known only at the end; and nothing is left behind. */
  async end(): Promise<void> {
    const { announcements, chronicle } = this.#world;
    const closing = Promise.all(this.#workers.map((worker) => worker.factory.close()));
    await this.#time.advance(2_000);
    await closing;
    const wasShaken = this.#plan.faults.some(({ kind }) => kind !== 'dependency');
    if (!wasShaken) checkCounts(this.#world);
    // After a flush one cannot tell by revisions which transition was told of.
    if (!this.#isStoreFlushed)
      announcements.checkAll((id) => this.#everybody.some((worker) => worker.id === id && !worker.machine.isDead));
    if (!wasShaken && this.#time.pending > 0)
      chronicle.violated('timers', `${this.#time.pending} timers are left after every factory was closed`);
  }

  get result(): PlanResult {
    const { chronicle, ledger, ended } = this.#world;
    const entries = ledger.names().flatMap((name) => ledger.entries(name));
    return {
      violations: chronicle.violations,
      trace: chronicle.text,
      happened: {
        calls: ended.length,
        writes: entries.length,
        transitions: entries.filter(({ before, after }) => before?.state !== after?.state && before !== null).length,
      },
    };
  }

  #boot(place: number): void {
    const worker = new Worker(this.#world, this.#everybody.length, place);
    this.#workers[place] = worker;
    this.#everybody.push(worker);
  }

  #land(job: JobPlan): void {
    const worker = this.#workers[job.worker];
    // A job for a dead worker waits in the queue for another day.
    worker?.machine.call(() => void worker.run(job));
  }

  #befall(fault: FaultPlan): void {
    const { chronicle } = this.#world;
    chronicle.tell('--', describeFault(fault));
    const later = (undo: () => void): void => void this.#time.after('length' in fault ? fault.length : 0, undo);
    switch (fault.kind) {
      case 'dependency':
        this.#broken.push(fault.circuit);
        later(() => {
          const index = this.#broken.indexOf(fault.circuit);
          if (index >= 0) this.#broken.splice(index, 1);
          chronicle.tell('--', `the dependency of c${fault.circuit} works again`);
        });
        return;
      case 'crash': {
        const victim = this.#workers[fault.worker];
        victim?.crash();
        later(() => {
          if (this.#workers[fault.worker] === victim) this.#boot(fault.worker);
        });
        return;
      }
      case 'pause':
        this.#workers[fault.worker]?.machine.pause(fault.length);
        return;
      case 'clock-step':
        this.#workers[fault.worker]?.machine.step(fault.by);
        return;
      case 'outage':
        this.#cut(fault.worker, later);
        return;
      case 'loss': {
        const victim = this.#workers[fault.worker];
        if (victim === undefined) return;
        victim.trouble.loss = fault.chance;
        later(() => (victim.trouble.loss = 0));
        return;
      }
      case 'circuit-outage':
        this.#refused.push(fault);
        later(() => {
          const index = this.#refused.indexOf(fault);
          if (index >= 0) this.#refused.splice(index, 1);
        });
        return;
      case 'operator': {
        const worker = this.#workers[fault.worker];
        if (fault.does === 'trip') this.#world.invariants.tripped(`c${fault.circuit}`);
        worker?.machine.call(() => worker.operate(`c${fault.circuit}`, fault.does, fault.length));
        return;
      }
      case 'flush':
        this.#flush();
    }
  }

  #cut(place: number | 'everybody', later: (undo: () => void) => void): void {
    if (place === 'everybody') {
      this.#outages += 1;
      later(() => {
        this.#outages = Math.max(0, this.#outages - 1);
        for (const worker of this.#workers) worker.mended();
      });
      return;
    }
    const victim = this.#workers[place];
    if (victim === undefined) return;
    victim.trouble.isCut = true;
    later(() => {
      victim.trouble.isCut = false;
      victim.mended();
    });
  }

  #flush(): void {
    const { ledger, store } = this.#world;
    this.#isStoreFlushed = true;
    for (const name of ledger.names()) {
      void store.delete(name);
      const before = ledger.current(name);
      ledger.note(name, {
        at: this.#time.now(),
        worker: null,
        verb: 'flush',
        before,
        after: null,
        delta: null,
        answered: true,
      });
    }
  }
}
