import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { verbs, type Session, type Verb } from '../../protocol/answers.js';
import type { CircuitDetail } from '../../protocol/circuit.js';
import { verbWords } from '../../protocol/meaning.js';
import { ActDialog } from './act-dialog.js';

interface ActsProps {
  readonly circuit: CircuitDetail;
  readonly session: Session;
  readonly onDone: (circuit: CircuitDetail) => void;
  readonly onLook: () => void;
}

/** What an operator may do here. */
export function Acts({ circuit, session, onDone, onLook }: ActsProps): JSX.Element {
  const [verb, setVerb] = useState<Verb | null>(null);
  if (!session.write) return <p class="hint acts-none">You may look at this circuit, but not change it.</p>;
  return (
    <section class="acts" aria-label="Act on this circuit">
      {verbs
        .filter((each) => makesSense(each, circuit))
        .map((each) => (
          <button key={each} type="button" class={`button act act-${each}`} onClick={() => setVerb(each)}>
            <span class="act-label">{verbWords[each].label}</span>
            <span class="act-hint">{verbWords[each].hint}</span>
          </button>
        ))}
      {verb !== null && (
        <ActDialog
          key={verb}
          verb={verb}
          circuit={circuit}
          session={session}
          onClose={() => setVerb(null)}
          onDone={(done) => {
            setVerb(null);
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
