import type { CircuitView, ShownOverride, ShownState } from '../../protocol/circuit.js';

/** How a state is drawn and called. Never by colour alone: each has a shape of its own and a word. */
export type Look = 'closed' | 'half-open' | 'open' | 'forced-open' | 'forced-closed';

export function lookOf({
  state,
  override,
}: {
  readonly state: ShownState;
  readonly override: ShownOverride | null;
}): Look {
  return override === null ? state : `forced-${override.state}`;
}

export const lookWords: Readonly<Record<Look, string>> = {
  closed: 'Closed',
  'half-open': 'Half-open',
  open: 'Open',
  'forced-open': 'Forced open',
  'forced-closed': 'Forced closed',
};

/** What it does to calls, in a sentence. */
export function sentenceOf(circuit: CircuitView): string {
  const { state, override, isDue, trials } = circuit;
  if (override?.state === 'open') return 'An operator keeps it open: every call is refused.';
  if (override?.state === 'closed') return 'An operator keeps it closed: every call goes through, and nothing trips.';
  if (isDue) return 'Its pause is over: the next call is let through as a trial.';
  if (state === 'open') return 'Calls are refused until its pause is over; then trials decide.';
  if (state === 'half-open' && trials !== null) {
    return `Up to ${plural(trials.limit, 'trial call')} go through and decide: it closes, or opens again.`;
  }
  if (circuit.revision === 0) return 'The store has no record of it: it has not been used yet, or nothing has failed.';
  return 'Calls go through, and are counted.';
}

/** Why a circuit has no counts. */
export function noCountsOf({ state, override, revision }: CircuitView): string {
  if (revision === 0) return 'Nothing was counted yet.';
  if (override !== null) return 'Nothing was counted since it was forced.';
  if (state === 'closed') return 'Nothing was counted since it closed.';
  return 'They were cleared when it opened. Trials are counted afresh.';
}

const numbers = new Intl.NumberFormat(undefined);

export function numberOf(count: number): string {
  return numbers.format(count);
}

export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${numberOf(count)} ${count === 1 ? one : many}`;
}

export function percentOf(part: number, all: number): string {
  return all === 0 ? '–' : `${Math.round((100 * part) / all)} %`;
}
