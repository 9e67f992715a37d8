import type { JSX } from 'preact';
import type { Health } from '../../../protocol/answers.js';
import { Ago } from '../../parts/time.js';
import { lengthOf } from '../../text/times.js';
import { numberOf, plural } from '../../text/words.js';

/** Whether what is shown can be believed: how the store does. */
export function StoreCard({ health }: { readonly health: Health }): JSX.Element {
  const isKnown = health.asOf !== null;
  const notKnown = <span class="quiet">Not known yet</span>;
  return (
    <section class="card">
      <h2>The store</h2>
      <dl class="facts">
        <div>
          <dt>Answers</dt>
          <dd class={health.answers ? 'good' : 'bad'}>{health.answers ? 'Yes' : 'No'}</dd>
        </div>
        <div>
          <dt>Last listed</dt>
          <dd>
            {health.asOf === null ? 'Never yet' : <Ago at={health.asOf} />}
            {health.took !== null && `, took ${numberOf(health.took)} ms`}
          </dd>
        </div>
        <div>
          <dt>Transitions</dt>
          <dd>{isKnown ? pushWords[health.push] : notKnown}</dd>
        </div>
        <div>
          <dt>Troubled circuits</dt>
          <dd>{isKnown ? sourceWords(health) : notKnown}</dd>
        </div>
        <div>
          <dt>Its clock</dt>
          <dd class={health.clockAhead !== null && Math.abs(health.clockAhead) >= 1_000 ? 'bad' : ''}>
            {isKnown ? clockWords(health.clockAhead) : notKnown}
          </dd>
        </div>
      </dl>
    </section>
  );
}

const pushWords: Readonly<Record<Health['push'], string>> = {
  pushed: 'Pushed as they happen',
  polled: 'Asked for every 5 s: this store does not push',
  lost: 'The push is lost; asked for every 5 s',
};

function sourceWords({ isIndexed, looked }: Health): string {
  return isIndexed ? 'From an index' : `By looking at ${plural(looked, 'circuit')}`;
}

function clockWords(ahead: number | null): string {
  if (ahead === null) return 'Not given: workers’ clocks decide';
  if (Math.abs(ahead) < 1_000) return 'Agrees with the panel’s';
  return `${lengthOf(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} the panel’s`;
}
