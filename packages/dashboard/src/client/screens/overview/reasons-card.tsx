import type { JSX } from 'preact';
import type { Reason } from '../../../protocol/answers.js';
import { addressOf } from '../../live/router.js';
import { Name } from '../../parts/name.js';
import { plural } from '../../text/words.js';

/** What opened them: the first thing to know of an incident. */
export function ReasonsCard({
  reasons,
  more,
}: {
  readonly reasons: readonly Reason[];
  readonly more: number;
}): JSX.Element {
  const most = Math.max(...reasons.map(({ circuits }) => circuits), 1);
  return (
    <section class="card">
      <h2>Why</h2>
      {reasons.length === 0 && <p class="quiet">Nothing has opened by a failure.</p>}
      {reasons.length > 0 && (
        <ul class="reasons">
          {reasons.map((reason) => (
            <li key={`${reason.kind}\n${String(reason.lastFailure)}`}>
              <a class="reason" href={placeOf(reason)}>
                <span class="reason-text">
                  {reason.lastFailure === null ? (
                    <span class="quiet">No failure was noted</span>
                  ) : (
                    <Name name={reason.lastFailure} />
                  )}
                </span>
                <span class="reason-where">
                  {plural(reason.circuits, 'circuit')} of <Name name={reason.kind} />
                </span>
                <svg
                  class="reason-bar"
                  viewBox="0 0 100 4"
                  preserveAspectRatio="none"
                  aria-hidden="true"
                  focusable="false"
                >
                  <rect class="bar-track" width="100" height="4" />
                  <rect class="bar-open" width={Math.max(1.5, (100 * reason.circuits) / most)} height="4" />
                </svg>
              </a>
            </li>
          ))}
        </ul>
      )}
      {more > 0 && <p class="hint">And {plural(more, 'rarer reason')}.</p>}
    </section>
  );
}

function placeOf({ name, kind }: Reason): string {
  return name === null ? addressOf('/list', { kind }) : addressOf('/circuit', { name });
}
