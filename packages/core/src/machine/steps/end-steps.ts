import type { CircuitRecord } from '../../contract/record.js';
import { isCurrent, type Fence } from '../record/fence.js';
import type { Rules } from '../rules/rules.js';
import type { WriteAnswer } from './start-steps.js';
import { extended } from '../transition/extended.js';
import { decidedTransition, type Transition } from '../transition/transition.js';

/** How often outcomes, or what they decided, are tried on a record that changes under them. Each time another worker made progress. */
export const mostTries = 32;

/** Outcomes on their way to the store. */
export interface EndState {
  /** Where they count. */
  readonly fence: Fence;
  /** The record they were written on. */
  readonly base: CircuitRecord | null;
  /** Until when they tell the circuit to wait, ms since the epoch; 0: they don't. */
  readonly told: number;
  /** How often they were lost to another's write. */
  readonly tries: number;
}

/** A transition that outcomes decided. */
export interface Decision {
  readonly transition: Transition;
  /** Until when they told the circuit to wait, ms since the epoch; 0: they did not. */
  readonly told: number;
  /** How often it was lost to another's write. */
  readonly tries: number;
}

/** What an end does next, once its outcomes were sent. */
export type EndStep =
  /** The record changed under them: write them again, on its `base`. */
  | { readonly kind: 'write'; readonly state: EndState }
  /** Their state or round is over, as `record` says: they change nothing. */
  | { readonly kind: 'late'; readonly record: CircuitRecord | null }
  /** They are counted, and have decided this: store it, and ask `afterDecision`. */
  | ({ readonly kind: 'store' } & Decision)
  /** Nothing is left to do. */
  | { readonly kind: 'over' }
  /** The record changed too often: they are counted nowhere. */
  | { readonly kind: 'given-up' };

const over = Object.freeze({ kind: 'over' } as const);
const givenUp = Object.freeze({ kind: 'given-up' } as const);

/**
 * Goes on from what the store answered to outcomes.
 *
 * @param failure what is known of the newest failure among them, for operators
 */
export function afterOutcomes(state: EndState, answer: WriteAnswer, rules: Rules, failure: string | null): EndStep {
  const { applied, record } = answer;
  if (applied) return decided(0, state.told, answer, rules, failure);
  if (!isCurrent(state.fence, record)) return { kind: 'late', record };
  if (state.tries >= mostTries) return givenUp;
  return { kind: 'write', state: { ...state, base: record, tries: state.tries + 1 } };
}

/**
 * Goes on from what the store answered to a transition. One that was lost to another worker is decided again on what that
 * one stored; after so many losses it is left to whoever reads the record next, for the outcomes are counted.
 *
 * Where both were told to wait, the longer time holds: over what the other told meanwhile, and over a circuit that the other
 * opened for less long.
 */
export function afterDecision(
  { transition: lost, told, tries }: Decision,
  answer: WriteAnswer,
  rules: Rules,
  failure: string | null,
): Extract<EndStep, { readonly kind: 'store' | 'over' }> {
  const { applied, record, now } = answer;
  if (applied || tries >= mostTries) return over;
  if (record === null || told <= now) return decided(tries + 1, 0, answer, rules, failure);
  const longer = extended(record, lost.next, told);
  if (longer !== null) return { kind: 'store', transition: longer, told, tries: tries + 1 };
  // In another state, or after an operator's hand, what was told before is over.
  return decided(tries + 1, record.revision === lost.before?.revision ? told : 0, answer, rules, failure);
}

function decided(
  tries: number,
  told: number,
  { record, now }: WriteAnswer,
  rules: Rules,
  failure: string | null,
): Extract<EndStep, { readonly kind: 'store' | 'over' }> {
  const transition = record === null ? null : decidedTransition(record, now, rules, failure, told);
  return transition === null ? over : { kind: 'store', transition, told, tries };
}
