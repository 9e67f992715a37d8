import type { CircuitState } from '@circuitry/core';

export type Ending = 'running' | 'done' | 'failed' | 'cut';

/** Work that ran, or runs, on a worker. Times in ms since the beginning. */
export interface Bar {
  readonly worker: number;
  readonly tenant: number;
  readonly from: number;
  to: number;
  ending: Ending;
  readonly isTrial: boolean;
}

/** A call that was refused without running. */
export interface Refusal {
  readonly worker: number;
  readonly tenant: number;
  readonly at: number;
}

/** From when on a circuit was in a state. */
export interface Stretch {
  readonly from: number;
  readonly state: CircuitState;
}

/** How far back the picture goes, ms. */
export const span = 60_000;

/** What a fleet did, as far back as the picture goes. */
export class Chronicle {
  bars: Bar[] = [];
  refusals: Refusal[] = [];
  /** By tenant, then by holder of a circuit: one for the whole fleet, or one for each worker. */
  readonly circuits: Stretch[][][];

  constructor(tenants: number, holders: number) {
    this.circuits = Array.from({ length: tenants }, () =>
      Array.from({ length: holders }, (): Stretch[] => [{ from: 0, state: 'closed' }]),
    );
  }

  stateOf(tenant: number, holder: number): CircuitState {
    return this.circuits[tenant]?.[holder]?.at(-1)?.state ?? 'closed';
  }

  turn(tenant: number, holder: number, state: CircuitState, at: number): void {
    const stretches = this.circuits[tenant]?.[holder];
    if (stretches === undefined || stretches.at(-1)?.state === state) return;
    stretches.push({ from: at, state });
  }

  /** Drops what no picture shows any more. */
  forget(now: number): void {
    const horizon = now - span;
    if ((this.bars[0]?.from ?? now) < horizon - span) {
      this.bars = this.bars.filter(({ ending, to }) => ending === 'running' || to >= horizon);
      this.refusals = this.refusals.filter(({ at }) => at >= horizon);
    }
    for (const stretches of this.circuits.flat()) {
      while ((stretches[1]?.from ?? now) < horizon) stretches.shift();
    }
  }
}
