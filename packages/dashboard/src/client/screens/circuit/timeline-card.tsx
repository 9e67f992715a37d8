import type { JSX } from 'preact';
import type { CircuitDetail } from '../../../protocol/circuit.js';
import { Name, Said } from '../../parts/name.js';
import { State } from '../../parts/state.js';
import { Ago, Time } from '../../parts/time.js';

/** The transitions that the panel saw, newest first. */
export function TimelineCard({ circuit: { seen, watchedSince } }: { readonly circuit: CircuitDetail }): JSX.Element {
  return (
    <section class="card">
      <h2>Seen by this panel</h2>
      {seen.length === 0 && <p class="quiet">No transition yet.</p>}
      {seen.length > 0 && (
        <ol class="timeline">
          {seen.slice(0, 30).map((each) => (
            <li key={`${each.at} ${each.state} ${String(each.override?.state)}`}>
              <State circuit={each} />
              <span class="timeline-what">
                <Time at={each.at} />, <Ago at={each.at} />
                {each.override?.by != null && (
                  <>
                    , by <Said text={each.override.by} />
                  </>
                )}
                {each.lastFailure !== null && each.state === 'open' && (
                  <span class="timeline-why">
                    <Name name={each.lastFailure} />
                  </span>
                )}
              </span>
            </li>
          ))}
        </ol>
      )}
      {watchedSince !== null && (
        <p class="hint">
          It watches since <Time at={watchedSince} />. What was before is not kept anywhere.
        </p>
      )}
    </section>
  );
}
