import type { JSX } from 'preact';
import type { CircuitView } from '../../protocol/circuit.js';
import { lookOf, lookWords, type Look } from '../text/words.js';

/** A state as a small switch: shut, ajar, open; a frame around it where an operator holds it. */
export function Mark({ look }: { readonly look: Look }): JSX.Element {
  const lever = look === 'closed' || look === 'forced-closed' ? shut : look === 'half-open' ? ajar : apart;
  return (
    <svg class={`mark ${look}`} viewBox="0 0 28 20" width="28" height="20" aria-hidden="true" focusable="false">
      {look.startsWith('forced') && <rect class="mark-hand" x="1" y="1" width="26" height="18" rx="5" />}
      <path class="mark-wire" d={`M3.5 ${lever.base}h4M20.5 ${lever.base}h4`} />
      <path class="mark-lever" d={lever.path} stroke-dasharray={lever.dashes} />
      <circle class="mark-end" cx="8" cy={lever.base} r="2.3" />
      <circle class="mark-end" cx="20" cy={lever.base} r="2.3" />
    </svg>
  );
}

const shut = { base: 10, path: 'M8 10h12', dashes: undefined };
const ajar = { base: 13, path: 'M8 13 19 8.6', dashes: '2.6 2' };
const apart = { base: 14, path: 'M8 14 16.6 5', dashes: undefined };

/** Mark and word. */
export function State({ circuit }: { readonly circuit: Pick<CircuitView, 'state' | 'override'> }): JSX.Element {
  const look = lookOf(circuit);
  return (
    <span class={`state ${look}`}>
      <Mark look={look} />
      <span class="state-word">{lookWords[look]}</span>
    </span>
  );
}
