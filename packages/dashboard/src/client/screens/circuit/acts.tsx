import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { verbs, type Session, type Verb } from '../../../protocol/answers.js';
import type { CircuitDetail } from '../../../protocol/circuit.js';
import { verbWords } from '../../../protocol/meaning.js';
import { ActDialog } from './act-dialog.js';

interface ActsProps {
  readonly circuit: CircuitDetail;
  readonly session: Session;
  readonly onDone: (circuit: CircuitDetail) => void;
  readonly onLook: () => void;
}

/** A dialog that was opened. */
interface Opening {
  readonly verb: Verb;
  /** Each has its own. */
  readonly number: number;
}

let openings = 0;

function opened(): number {
  openings += 1;
  return openings;
}

/** What an operator may do here. */
export function Acts({ circuit, session, onDone, onLook }: ActsProps): JSX.Element {
  const [opening, setOpening] = useState<Opening | null>(null);
  if (!session.write) return <p class="hint acts-none">You may look at this circuit, but not change it.</p>;
  return (
    <section class="acts" aria-label="Act on this circuit">
      {verbs
        .filter((each) => makesSense(each, circuit))
        .map((each) => (
          <button
            key={each}
            type="button"
            class={`button act act-${each}`}
            onClick={() => setOpening({ verb: each, number: opened() })}
          >
            <span class="act-label">{verbWords[each].label}</span>
            <span class="act-hint">{verbWords[each].hint}</span>
          </button>
        ))}
      {opening !== null && (
        <ActDialog
          key={opening.number}
          verb={opening.verb}
          circuit={circuit}
          session={session}
          // A browser tells of the end of a dialog a little later: by then another one may be open.
          onClose={() => setOpening((present) => (present === opening ? null : present))}
          onDone={(done) => {
            setOpening(null);
            onDone(done);
            onLook();
          }}
          onChanged={onDone}
        />
      )}
    </section>
  );
}

/** What would change nothing is not offered. */
function makesSense(verb: Verb, { override, state, revision }: CircuitDetail): boolean {
  switch (verb) {
    case 'release':
      return override !== null;
    case 'trip':
      return override === null && state !== 'open';
    case 'reset':
      return override === null && revision > 0;
    case 'open':
    case 'close':
      return true;
  }
}
