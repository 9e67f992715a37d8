import type { CircuitBreaker } from '@circuitry/core';
import type { CircuitView } from '../circuits/view.js';

/** A circuit by its name in the store. */
export interface NamedCircuit {
  readonly name: string;
}

/** Why, who and how long. */
export interface Deed {
  readonly by: string;
  readonly reason?: string;
  /** ms. */
  readonly for?: number;
}

/** A verb that changes circuits. */
export interface Action {
  /** As it stands in a sentence: `force open`. */
  readonly words: string;
  /** What it means for callers, until `end` where it has one. */
  readonly meaning: (end?: string) => string;
  /** Whether it takes a reason and a duration. */
  readonly isReasoned: boolean;
  /** Whether there is anything to do on that circuit; null: the store has no record of it. */
  concerns(view: CircuitView | null): boolean;
  run(breaker: CircuitBreaker<NamedCircuit>, deed: Deed): Promise<void>;
}

/** The verbs by their names on the command line. */
export type ActionName = 'trip' | 'open' | 'close' | 'release' | 'reset';

const released = 'it is released';
const always = (): boolean => true;

/** All of them are core's own operators' controls: fleet-wide, and they fail loudly. */
export const actions: Readonly<Record<ActionName, Action>> = {
  trip: {
    words: 'trip',
    meaning: () => 'Calls are refused now. Trials follow by themselves, and close it if they succeed.',
    isReasoned: true,
    concerns: always,
    run: (breaker, deed) => breaker.trip(deed),
  },
  open: {
    words: 'force open',
    meaning: (end = released) => `All calls are refused, without trials, until ${end}; then it is closed.`,
    isReasoned: true,
    concerns: always,
    run: (breaker, deed) => breaker.forceOpen(deed),
  },
  close: {
    words: 'force closed',
    meaning: (end = released) => `All calls run, whatever fails, until ${end}; then it protects again.`,
    isReasoned: true,
    concerns: always,
    run: (breaker, deed) => breaker.forceClosed(deed),
  },
  release: {
    words: 'release',
    meaning: () => 'The override goes. The circuit is closed, with no counts, and protects again.',
    isReasoned: false,
    concerns: (view) => view !== null && view.override !== null,
    run: (breaker) => breaker.release(),
  },
  reset: {
    words: 'reset',
    meaning: () => 'The circuit is closed, with no counts and no override.',
    isReasoned: false,
    concerns: (view) => view !== null,
    run: (breaker) => breaker.reset(),
  },
};
