import { systemClock, type Clock, type Reading, type WatchListener } from '@circuitry/core';
import type { FaultRates, FaultRecord, PlannedFault } from './fault.js';
import { FaultSource } from './fault-source.js';

/** How many past answers are kept per circuit, for stale reads. */
const keptReadings = 8;

/** Calls are refused; or nothing comes back; or they have their effect, and their answers get lost. */
export type OutageKind = 'refuse' | 'hang' | 'lose-replies';

/** How a {@link FaultyBackend} is made. */
export interface FaultyBackendOptions {
  /** Times latencies. Default: the system's. */
  readonly clock?: Clock;
  /** Faults by plan. */
  readonly plan?: readonly PlannedFault[];
  /** Faults by chance. */
  readonly rates?: FaultRates;
  /** What chance is drawn from. Default 1. */
  readonly seed?: number;
  /** Added to every `now` that the store answers, in ms. Default 0. */
  readonly clockOffset?: number;
}

/** What all handles on one faulty store share: its outage, its plan, what it has answered. */
export class StoreConditions {
  readonly clock: Clock;
  readonly source: FaultSource;
  readonly history: FaultRecord[] = [];
  readonly listeners: Set<WatchListener> = new Set();
  outage: OutageKind | null = null;
  clockOffset: number;
  readonly #readings = new Map<string, Reading[]>();

  constructor({ clock = systemClock, plan = [], rates = {}, seed = 1, clockOffset = 0 }: FaultyBackendOptions) {
    this.clock = clock;
    this.source = new FaultSource(plan, rates, seed);
    this.clockOffset = clockOffset;
  }

  /** Keeps what the store held after a call. */
  remember(name: string, { record }: Reading): void {
    const readings = this.#readings.get(name) ?? [];
    readings.push({ record });
    if (readings.length > keptReadings) readings.shift();
    this.#readings.set(name, readings);
  }

  /** What the store held `versions` answers ago; null where nothing so old is known. */
  staleReading(name: string, versions: number): Reading | null {
    return this.#readings.get(name)?.at(-1 - versions) ?? null;
  }
}
