import type { CircuitRecord, Delta } from '../../contract/record.js';
import { counter } from '../facts/counter-names.js';
import { endOf } from '../record/ends.js';
import type { Rules } from '../rules/rules.js';
import { holdsTicket, returnTicket, takeTicket } from '../record/tickets.js';
import { dueTransition, type Transition } from '../transition/transition.js';

/** Why a call is refused. */
export type RefusalReason = 'open' | 'trials' | 'forced';

/** The call may run. */
export interface Admit {
  readonly kind: 'admit';
  /** Whether it is one of a half-open round's trials. */
  readonly hasTicket: boolean;
}

/** The call must not run. */
export interface Refuse {
  readonly kind: 'refuse';
  readonly because: RefusalReason;
  /** When a call may be admitted, ms since the epoch; null: nobody knows. */
  readonly until: number | null;
}

/** What has to be written before the call is decided: send it, and ask `nextStep` with the answer. */
export type StartWrite =
  /** Half-open: apply this. */
  | { readonly kind: 'ticket'; readonly delta: Delta }
  /** The ticket is one too many: apply this. `until`: the end of the round. */
  | { readonly kind: 'give-back'; readonly delta: Delta; readonly until: number | null }
  /** Store this. */
  | { readonly kind: 'store'; readonly transition: Transition };

/** What a start does next. */
export type StartStep = Admit | Refuse | StartWrite;

/** What it does before anything was written. */
export type FirstStep = Exclude<StartStep, { readonly kind: 'give-back' }>;

/** What the store answered to a write. */
export interface WriteAnswer {
  readonly applied: boolean;
  /** As it stands after the write, applied or not. */
  readonly record: CircuitRecord | null;
  readonly now: number;
}

const admitted: Admit = Object.freeze({ kind: 'admit', hasTicket: false });
const admittedAsTrial: Admit = Object.freeze({ kind: 'admit', hasTicket: true });

/**
 * Decides a start by the record it has read. Total: any record, any time, any rules.
 *
 * @param failure what is known of the failure that opens it, for operators; null: nothing
 */
export function firstStep(
  record: CircuitRecord | null,
  now: number,
  rules: Rules,
  failure: string | null = null,
): FirstStep {
  if (record === null) return admitted;
  const transition = dueTransition(record, now, rules, failure);
  if (transition !== null) return { kind: 'store', transition };
  if (record.override !== null)
    return record.override.state === 'closed' ? admitted : refuse('forced', record, now, rules);
  if (record.state === 'closed') return admitted;
  if (record.state === 'open') return refuse('open', record, now, rules);
  const started = record.counters[counter.trialsStarted] ?? 0;
  if (started >= (record.counters[counter.trialsLimit] ?? 0)) return refuse('trials', record, now, rules);
  return { kind: 'ticket', delta: takeTicket(record, now, rules) };
}

/** Goes on from what the store answered to `step`. */
export function nextStep(step: StartWrite, answer: WriteAnswer, rules: Rules): StartStep {
  const { applied, record, now } = answer;
  // Lost or not, a ticket is given back once: if that gets lost, the round's lease mends it.
  if (step.kind === 'give-back') return { kind: 'refuse', because: 'trials', until: step.until };
  if (!applied || record === null) return firstStep(record, now, rules);
  if (step.kind === 'store') return step.transition.ticket ? admittedAsTrial : firstStep(record, now, rules);
  if (holdsTicket(record)) return admittedAsTrial;
  return { kind: 'give-back', delta: returnTicket, until: endOf(record, now, rules) };
}

function refuse(because: RefusalReason, record: CircuitRecord, now: number, rules: Rules): Refuse {
  return { kind: 'refuse', because, until: endOf(record, now, rules) };
}
