import type { Verb } from './answers.js';
import type { CircuitView } from './circuit.js';

/** What an act would do, in sentences. `until` is written by the reader's own clock. */
export interface Meaning {
  readonly title: string;
  /** What every worker does from then on. */
  readonly effect: string;
  /** How it ends. */
  readonly end: string;
  /** What is lost or worth a second thought; null: nothing. */
  readonly caution: string | null;
}

/** What a verb is called, and whether it is asked for how long. */
export const verbWords: Readonly<
  Record<Verb, { readonly label: string; readonly hint: string; readonly timed: boolean }>
> = {
  trip: { label: 'Trip', hint: 'Open it now; it tries again by itself', timed: true },
  open: { label: 'Force open', hint: 'Refuse every call', timed: true },
  close: { label: 'Force closed', hint: 'Let every call through', timed: true },
  release: { label: 'Release', hint: 'Take the operator’s hand off', timed: false },
  reset: { label: 'Reset', hint: 'Closed, with no counts', timed: false },
};

/**
 * What an act means for this circuit.
 *
 * @param until when it would end, as the reader reads it; null: it does not end by itself
 */
export function meaningOf(verb: Verb, circuit: CircuitView, until: string | null): Meaning {
  const over = circuit.override === null ? null : `This replaces the hand that holds it ${circuit.override.state} now.`;
  switch (verb) {
    case 'trip':
      return {
        title: 'Trip this circuit',
        effect: 'Every call is refused, in all processes, as if its dependency had failed.',
        end:
          until === null ? 'Trials follow by themselves.' : `From ${until} on, trial calls decide whether it closes.`,
        caution: over ?? 'Its counts start afresh.',
      };
    case 'open':
      return {
        title: 'Force this circuit open',
        effect: 'Every call is refused, in all processes. No trial goes through.',
        end: endOf(until),
        caution: over,
      };
    case 'close':
      return {
        title: 'Force this circuit closed',
        effect: 'Every call goes through, in all processes. Outcomes are counted, and nothing trips.',
        end: endOf(until),
        caution:
          over ??
          (circuit.state === 'closed'
            ? null
            : 'If the dependency is still broken, its calls will wait and fail again.'),
      };
    case 'release':
      return {
        title: 'Release this circuit',
        effect: 'It is closed, with no counts, and follows its own rules from now on.',
        end: 'If the dependency is still broken, it opens again by itself.',
        caution: null,
      };
    case 'reset':
      return {
        title: 'Reset this circuit',
        effect: 'It is closed, with no counts and no override.',
        end: 'If the dependency is still broken, it opens again by itself.',
        caution: 'What opened it, and what was counted, is forgotten.',
      };
  }
}

function endOf(until: string | null): string {
  return until === null
    ? 'It stays so until somebody releases it.'
    : `It ends by itself at ${until}; the circuit is closed then.`;
}
