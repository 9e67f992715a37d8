import type { CircuitView, ShownState } from './view.js';

/** What circuits can be narrowed to: a state, either override, or all that are not closed or are forced. */
export type StateFilter = ShownState | 'forced' | 'troubled';

/** In the order in which help shows them. */
export const stateFilters: readonly StateFilter[] = [
  'troubled',
  'open',
  'half-open',
  'closed',
  'forced',
  'forced-open',
  'forced-closed',
];

/** Whether the circuit is one of those. */
export function isIn({ state }: CircuitView, wanted: StateFilter | undefined): boolean {
  if (wanted === undefined || wanted === state) return true;
  if (wanted === 'troubled') return state !== 'closed';
  return wanted === 'forced' && state.startsWith('forced-');
}
