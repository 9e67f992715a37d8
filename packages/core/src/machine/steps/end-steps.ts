import type { CircuitRecord } from '../../contract/record.js';
import { isCurrent, type Fence } from '../record/fence.js';
import type { Rules } from '../rules/rules.js';
import type { WriteAnswer } from './start-steps.js';
import { decidedTransition, type Transition } from '../transition/transition.js';

/** How often outcomes, or what they decided, are tried on a record that changes under them. Each time another worker made progress. */
export const mostTries = 32;

/** Outcomes on their way to the store. */
export interface EndState {
  /** Where they count. */
  readonly fence: Fence;
  /** The record they were written on. */
  readonly base: CircuitRecord | null;
  /** How often they were lost to another's write. */
  readonly tries: number;
}

/** What an end does next, once its outcomes were sent. */
export type EndStep =
  /** The record changed under them: write them again, on its `base`. */
  | { readonly kind: 'write'; readonly state: EndState }
  /** Their state or round is over, as `record` says: they change nothing. */
  | { readonly kind: 'late'; readonly record: CircuitRecord | null }
  /** They are counted, and have decided this: store it, and ask `afterDecision`. */
  | { readonly kind: 'store'; readonly transition: Transition; readonly tries: number }
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
  if (applied) return decided(0, answer, rules, failure);
  if (!isCurrent(state.fence, record)) return { kind: 'late', record };
  if (state.tries >= mostTries) return givenUp;
  return { kind: 'write', state: { fence: state.fence, base: record, tries: state.tries + 1 } };
}

/**
 * Goes on from what the store answered to a transition. One that was lost to another worker is decided again on what that
 * one stored; after so many losses it is left to whoever reads the record next, for the outcomes are counted.
 */
export function afterDecision(
  tries: number,
  answer: WriteAnswer,
  rules: Rules,
  failure: string | null,
): Extract<EndStep, { readonly kind: 'store' | 'over' }> {
  return answer.applied || tries >= mostTries ? over : decided(tries + 1, answer, rules, failure);
}

function decided(
  tries: number,
  { record, now }: WriteAnswer,
  rules: Rules,
  failure: string | null,
): Extract<EndStep, { readonly kind: 'store' | 'over' }> {
  const transition = record === null ? null : decidedTransition(record, now, rules, failure);
  return transition === null ? over : { kind: 'store', transition, tries };
}
