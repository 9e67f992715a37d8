import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { DetailAnswer, Session } from '../../../protocol/answers.js';
import { changes } from '../../live/changes.js';
import { addressOf } from '../../live/router.js';
import { useAnswer } from '../../live/use-answer.js';
import { Name } from '../../parts/name.js';
import { Failed, Stale, Waiting } from '../../parts/notices.js';
import { visibleOf } from '../../text/visible.js';
import { lookOf, lookWords } from '../../text/words.js';
import { Acts } from './acts.js';
import { CountsCard } from './counts-card.js';
import { SettingsCard } from './settings-card.js';
import { StateCard } from './state-card.js';
import { TimelineCard } from './timeline-card.js';
import { useTitle } from '../use-title.js';

/** One circuit: how it is, why, what comes next; and an operator's hand on it. */
export function CircuitScreen({
  name,
  session,
}: {
  readonly name: string;
  readonly session: Session | null;
}): JSX.Element {
  const { data, fault, renew, set } = useAnswer<DetailAnswer>(
    `/api/circuit?${new URLSearchParams({ name }).toString()}`,
    3_000,
  );
  useEffect(
    () =>
      changes.on(({ changes: seen, more }) => {
        if (more || seen.some((each) => each.name === name)) renew();
      }),
    [name, renew],
  );
  // Together: who may act decides how much stands above the counts, and nothing should jump.
  const circuit = session === null ? null : (data?.circuit ?? null);
  useTitle(circuit === null ? visibleOf(name) : `${lookWords[lookOf(circuit)]}: ${visibleOf(name)}`);

  return (
    <div class="screen circuit">
      <div class="headline">
        <p class="crumb">
          <a href={addressOf('/list')}>All circuits in trouble</a>
        </p>
        <h1 class="circuit-name">
          <Name name={name} />
        </h1>
      </div>
      <Stale fault={circuit === null ? null : fault} health={null} />
      {circuit === null && fault !== null && <Failed fault={fault} onRetry={renew} />}
      {circuit === null && fault === null && <Waiting rows={5} label="The circuit is being looked up." />}
      {circuit !== null && (
        <>
          <StateCard circuit={circuit} />
          {session !== null && (
            <Acts
              circuit={circuit}
              session={session}
              onDone={(done) => set({ now: data?.now ?? 0, circuit: done })}
              onLook={renew}
            />
          )}
          <div class="columns">
            <div class="column">
              <CountsCard circuit={circuit} />
            </div>
            <div class="column">
              <TimelineCard circuit={circuit} />
              {circuit.settings !== null && <SettingsCard settings={circuit.settings} />}
            </div>
          </div>
        </>
      )}
    </div>
  );
}
