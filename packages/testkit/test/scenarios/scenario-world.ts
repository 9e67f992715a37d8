import { setImmediate } from 'node:timers/promises';
import {
  CircuitBreakerFactory,
  type CircuitBreaker,
  type Duration,
  type DefaultContext,
  type FactoryEvents,
  type Information,
  type Permit,
  type StorageBackend,
} from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import type { ExpectedEvent, ScenarioSettings } from './scenario.js';
import { settingsOf } from './settings-of.js';
import { WorkerLink } from './worker-link.js';

/** On the edge of every bucket that a scenario uses. */
const begin = 1_767_225_600_000;

/** What a scenario is about is told by its steps. */
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A process that runs core. */
export interface ScenarioWorker {
  readonly link: WorkerLink;
  readonly factory: CircuitBreakerFactory;
  readonly breaker: CircuitBreaker;
  /** What was told of the outcomes of its calls. */
  readonly settled: FactoryEvents<DefaultContext>['settled'][];
}

/** Two workers on one store, under one clock that moves when a step moves it. */
export class World {
  readonly clock: VirtualClock = new VirtualClock(begin);
  readonly workers: Readonly<Record<'A' | 'B', ScenarioWorker>>;
  readonly permits: Map<string, Permit> = new Map();
  readonly events: ExpectedEvent[] = [];
  /** What the last look found. */
  lastLook: Information | null = null;

  /** @param connect one worker's backend on a store that is empty at first; answers must carry no clock of its own */
  constructor(settings: ScenarioSettings, connect: () => StorageBackend) {
    this.workers = { A: this.#worker(settings, connect()), B: this.#worker(settings, connect()) };
  }

  /** Moves time on. What a real store is asked on the way is answered before time goes on. */
  async advance(by: Duration): Promise<void> {
    const target = new VirtualClock(0);
    await target.advance(by);
    let left = target.now();
    for (;;) {
      await this.idle();
      const due = this.clock.nextDue;
      // Whole ms: what is due within one is due together.
      const slice = due === null ? Infinity : Math.max(0, Math.ceil(due - this.clock.now()));
      if (slice > left) break;
      await this.clock.advance(slice);
      left -= slice;
    }
    await this.clock.advance(left);
    await this.idle();
  }

  /** Resolves when every call on its way to the store was answered, and what follows from the answers was done. */
  async idle(): Promise<void> {
    do await setImmediate();
    while (Object.values(this.workers).some(({ link }) => link.pending > 0));
  }

  async close(): Promise<void> {
    for (const { link, factory } of Object.values(this.workers)) {
      // Of a dead process nothing ends.
      if (!link.isDead) await factory.close();
      await link.close();
    }
  }

  #worker(settings: ScenarioSettings, store: StorageBackend): ScenarioWorker {
    const link = new WorkerLink(store);
    const factory = new CircuitBreakerFactory({
      ...settingsOf(settings),
      backend: link,
      clock: this.clock,
      random: () => 0,
      logger: silent,
    });
    const settled: FactoryEvents<DefaultContext>['settled'][] = [];
    const tell = (event: ExpectedEvent): void => {
      if (!link.isDead) this.events.push(event);
    };
    factory.on('stateChange', ({ from, to, reason, information, ...more }) =>
      tell({ event: 'stateChange', from, to, reason, information, ...('error' in more && nameOf(more.error)) }),
    );
    factory.on('refused', ({ enforced, error }) => {
      if (!enforced) tell({ event: 'refused', enforced, code: error.code });
    });
    factory.on('lateOutcome', () => tell({ event: 'lateOutcome' }));
    factory.on('settled', (event) => void settled.push(event));
    return { link, factory, breaker: factory.breakerFor('circuit'), settled };
  }
}

/** An error as scenarios tell it. */
export function nameOf(error: unknown): { readonly error: string } {
  return { error: (error as Error).name };
}
