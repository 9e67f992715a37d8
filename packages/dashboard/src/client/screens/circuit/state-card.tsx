import type { JSX } from 'preact';
import type { CircuitDetail } from '../../../protocol/circuit.js';
import { SwitchPicture } from '../../charts/switch-picture.js';
import { useNow } from '../../live/use-now.js';
import { Name, Said } from '../../parts/name.js';
import { Ago, Left, Time } from '../../parts/time.js';
import { lookOf, lookWords, numberOf, sentenceOf } from '../../text/words.js';

/** The state, as a picture, a word and a sentence; since when, until when, and why. */
export function StateCard({ circuit }: { readonly circuit: CircuitDetail }): JSX.Element {
  const look = lookOf(circuit);
  const { override, lastFailure, since, until, openings, trials, isDue } = circuit;
  return (
    <section class={`card state-card ${look}`} aria-label="State">
      <div class="state-picture">
        <SwitchPicture look={look} />
      </div>
      <div class="state-text">
        <p class="state-title" aria-live="polite">
          {lookWords[look]}
        </p>
        <p class="state-sentence">{sentenceOf(circuit)}</p>
        {trials !== null && <Trials {...trials} />}
        {until !== null && since > 0 && <Progress from={since} until={until} />}
      </div>
      <dl class="facts state-facts">
        {circuit.revision > 0 && (
          <div>
            <dt>Since</dt>
            <dd>
              {since === 0 ? (
                'It was first seen'
              ) : (
                <>
                  <Time at={since} />, <Ago at={since} />
                </>
              )}
            </dd>
          </div>
        )}
        {(until !== null || isDue || override !== null) && (
          <div>
            <dt>{override !== null ? 'Ends' : circuit.state === 'open' || isDue ? 'Tries again' : 'Given up'}</dt>
            <dd>
              {until !== null && (
                <>
                  <Left until={until} />, <Time at={until} />
                </>
              )}
              {until === null && (isDue ? 'At the next call' : 'When it is released')}
            </dd>
          </div>
        )}
        {override !== null && (
          <>
            <div>
              <dt>By</dt>
              <dd>{override.by === null ? <span class="quiet">Nobody said</span> : <Said text={override.by} />}</dd>
            </div>
            <div>
              <dt>Reason</dt>
              <dd>
                {override.reason === null ? <span class="quiet">None was given</span> : <Said text={override.reason} />}
              </dd>
            </div>
          </>
        )}
        {lastFailure !== null && (
          <div>
            <dt>Opened by</dt>
            <dd class="failure">
              <Name name={lastFailure} />
            </dd>
          </div>
        )}
        {openings > 0 && override === null && (
          <div>
            <dt>Opened</dt>
            <dd>{openings === 1 ? 'Once' : `${numberOf(openings)} times in a row`}</dd>
          </div>
        )}
      </dl>
    </section>
  );
}

/** A round's trials, as dots. */
function Trials({
  started,
  limit,
  succeeded,
}: {
  readonly started: number;
  readonly limit: number;
  readonly succeeded: number;
}): JSX.Element {
  const shown = Math.min(limit, 20);
  return (
    <p class="trials">
      <svg viewBox={`0 0 ${shown * 16} 12`} width={shown * 16} height="12" aria-hidden="true" focusable="false">
        {Array.from({ length: shown }, (_, index) => (
          <circle
            key={index}
            class={index < succeeded ? 'trial-good' : index < started ? 'trial-started' : 'trial-free'}
            cx={6 + index * 16}
            cy="6"
            r="4.500"
          />
        ))}
      </svg>
      {numberOf(Math.min(started, limit))} of {numberOf(limit)} begun, {numberOf(succeeded)} succeeded
    </p>
  );
}

/** How much of the state is over. */
function Progress({ from, until }: { readonly from: number; readonly until: number }): JSX.Element {
  const now = useNow();
  const share = Math.min(1, Math.max(0, (now - from) / Math.max(1, until - from)));
  return (
    <svg class="progress" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="bar-track" width="100" height="6" />
      <rect class="progress-done" width={100 * share} height="6" />
    </svg>
  );
}
