import type { Clock } from '@circuitry/core';
import type { BatchObservableResult, Meter } from '@opentelemetry/api';
import type { Told } from '../call-metrics.js';
import { faultsOf } from '../faults.js';
import { observation } from '../last-word.js';
import { countTroubled, type Listing } from './listing.js';
import type { ReadOpenCircuits } from '../options.js';
import { shownStates } from './shown-state.js';

/** A count that is older than so many periods is no number any more. */
const periods = 3;

/**
 * Lists the circuits that are not closed, again and again, and tells how many they are. An old count is no count: where
 * listing fails, `circuitry.circuit.open` becomes NaN, and `circuitry.listing.age` grows. The answer stops it.
 */
export function countOpenCircuits(
  meter: Meter,
  options: ReadOpenCircuits,
  { kinds, names: allowed }: Told,
): () => void {
  const { every, clock } = options;
  const gauges = {
    open: meter.createObservableGauge('circuitry.circuit.open', {
      description: 'Circuits of the fleet that are open, half-open or forced, by kind.',
      unit: '{circuit}',
    }),
    state: meter.createObservableGauge('circuitry.circuit.state', {
      description: '1 for the state that an allowed name is in, 0 for the others.',
      unit: '{state}',
    }),
    age: meter.createObservableGauge('circuitry.listing.age', {
      description: 'How old the count of open circuits is.',
      unit: 's',
    }),
    complete: meter.createObservableGauge('circuitry.listing.complete', {
      description: '1 where all open circuits were counted, 0 where there were more than the limit.',
      unit: '{listing}',
    }),
  };
  const failures = meter.createCounter('circuitry.listing.failures', {
    description: 'Listings of open circuits that failed.',
    unit: '{failure}',
  });
  const faults = faultsOf(meter);
  const kindOf = (name: string): string => {
    try {
      return options.kindOf(name);
    } catch {
      // One odd name takes no other circuit out of the count. It is of no kind itself.
      faults.add(1, { setting: 'kindOf' });
      return '';
    }
  };
  const began = clock.now();
  let last: { readonly listing: Listing; readonly at: number } | null = null;
  const observe = (result: BatchObservableResult, isOver: boolean): void => {
    // It never gets any younger here: another process may have a fresh one.
    const age = isOver ? Infinity : clock.now() - (last?.at ?? began);
    result.observe(gauges.age, age / 1_000);
    if (last === null) return;
    const { counts, names, isComplete } = last.listing;
    const isOld = age > periods * every;
    // Left out, it would stand on in the SDK as it was last told.
    const told = (value: number): number => (isOld ? NaN : value);
    for (const [circuit, states] of counts)
      for (const state of shownStates) result.observe(gauges.open, told(states[state]), { circuit, state });
    for (const [name, current] of names)
      for (const state of [...shownStates, 'closed'])
        result.observe(gauges.state, told(current === state ? 1 : 0), { name, state });
    result.observe(gauges.complete, told(isComplete ? 1 : 0));
  };
  const observables = Object.values(gauges);
  const { callback, end } = observation(observe, (given) => meter.removeBatchObservableCallback(given, observables));
  meter.addBatchObservableCallback(callback, observables);
  const endListing = repeat(clock, every, async (signal) => {
    try {
      last = {
        listing: await countTroubled({ ...options, kindOf }, { kinds, names: allowed }, signal),
        at: clock.now(),
      };
    } catch (error) {
      if (!signal.aborted || isOutOfTime(signal)) failures.add(1, { code: codeOf(error) });
    }
  });
  return () => {
    endListing();
    end();
  };
}

/** One at a time, the next so long after the last began; each is given up when the next is due. */
function repeat(clock: Clock, every: number, work: (signal: AbortSignal) => Promise<void>): () => void {
  let cancel = (): void => {};
  let controller = new AbortController();
  let isOver = false;
  const begin = (): void => {
    controller = new AbortController();
    const began = clock.now();
    cancel = clock.after(every, () => controller.abort(outOfTime), { background: true });
    const goOn = (): void => {
      cancel();
      // A clock that stepped back meanwhile puts off nothing.
      const left = Math.min(every, Math.max(0, began + every - clock.now()));
      if (!isOver) cancel = clock.after(left, begin, { background: true });
    };
    // It rejects where the meter itself throws: nobody is left to be told.
    void work(controller.signal).then(goOn, goOn);
  };
  begin();
  return () => {
    isOver = true;
    cancel();
    controller.abort();
  };
}

const outOfTime = new Error('Listing the open circuits took longer than its period.');

function isOutOfTime(signal: AbortSignal): boolean {
  return signal.reason === outOfTime;
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && code.startsWith('ERR_') ? code : 'other';
}
