import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Filter, Overview, TroubleCounts } from '../../../protocol/answers.js';
import { HourChart } from '../../charts/hour-chart.js';
import { changes } from '../../live/changes.js';
import { addressOf } from '../../live/router.js';
import { useAnswer } from '../../live/use-answer.js';
import { Empty, Failed, Partial, Stale, Waiting } from '../../parts/notices.js';
import { Mark } from '../../parts/state.js';
import { numberOf, plural, type Look } from '../../text/words.js';
import { KindsCard } from './kinds-card.js';
import { LatelyCard } from './lately-card.js';
import { ReasonsCard } from './reasons-card.js';
import { StoreCard } from './store-card.js';
import { useTitle } from '../use-title.js';

/** How are we? And where there is trouble: since when, and why. */
export function OverviewScreen(): JSX.Element {
  const { data, fault, renew } = useAnswer<Overview>('/api/overview', 10_000);
  useEffect(() => changes.on(renew), [renew]);
  const headline = data === null ? 'Circuits' : headlineOf(data);
  useTitle(data === null ? 'Overview' : headline);

  if (data === null && fault !== null) return <Failed fault={fault} onRetry={renew} />;
  return (
    <div class="screen overview">
      <div class="headline">
        <h1>{headline}</h1>
        <p class="lead">{data === null ? ' ' : leadOf(data)}</p>
      </div>
      <Stale fault={fault} health={data?.health ?? null} />
      <Tiles counts={data === null || !isKnown(data) ? null : data.counts} />
      {data === null && <Waiting rows={6} label="Circuits are being looked at." />}
      {data !== null && !isKnown(data) && <StoreCard health={data.health} />}
      {data !== null && isKnown(data) && <Cards overview={data} />}
    </div>
  );
}

/** Whether the store ever answered: no circuit in trouble is good news only then. */
function isKnown({ health }: Overview): boolean {
  return health.asOf !== null;
}

function Cards({ overview }: { readonly overview: Overview }): JSX.Element {
  const { health, reasons, moreReasons, kinds, lastHour, lately, now } = overview;
  return (
    <>
      <Partial health={health} />
      <div class="columns">
        <div class="column">
          {kinds.length === 0 ? (
            <Empty title="Nothing to look into">
              <p>A circuit that opens appears here, with what opened it.</p>
            </Empty>
          ) : (
            <>
              <ReasonsCard reasons={reasons} more={moreReasons} />
              <KindsCard kinds={kinds} />
            </>
          )}
          <StoreCard health={health} />
        </div>
        <div class="column">
          <section class="card">
            <h2>The last hour</h2>
            <HourChart counts={lastHour} now={now} />
          </section>
          <LatelyCard circuits={lately} />
        </div>
      </div>
    </>
  );
}

function headlineOf({ counts, health }: Overview): string {
  const refusing = counts.open + counts.forcedOpen;
  const atLeast = health.isComplete ? '' : 'At least ';
  if (!health.answers && health.asOf === null) return 'The store does not answer';
  if (refusing > 0) return `${atLeast}${plural(refusing, 'circuit is', 'circuits are')} open`;
  if (counts.halfOpen > 0) return `${atLeast}${plural(counts.halfOpen, 'circuit is', 'circuits are')} trying again`;
  if (counts.forcedClosed > 0) return `${plural(counts.forcedClosed, 'circuit is', 'circuits are')} forced closed`;
  return 'All circuits are closed';
}

function leadOf({ counts, reasons, moreReasons, health }: Overview): string {
  if (!health.answers && health.asOf === null) return 'Nothing is known of circuits until it does.';
  const refusing = counts.open + counts.forcedOpen;
  const causes = reasons.length + moreReasons;
  if (refusing + counts.halfOpen + counts.forcedClosed === 0) return 'Calls go through everywhere. Nothing needs you.';
  const parts = [];
  if (causes > 0) parts.push(`for ${plural(causes, 'reason')}`);
  if (refusing > 0 && counts.halfOpen > 0)
    parts.push(`${numberOf(counts.halfOpen)} more ${counts.halfOpen === 1 ? 'is' : 'are'} trying again`);
  const forced = counts.forcedOpen + counts.forcedClosed;
  if (forced > 0) parts.push(`${numberOf(forced)} by an operator’s hand`);
  const sentence = parts.join(' · ');
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

const tiles: readonly {
  readonly look: Look;
  readonly word: string;
  readonly filter: Filter;
  readonly count: keyof TroubleCounts;
}[] = [
  { look: 'open', word: 'Open', filter: 'open', count: 'open' },
  { look: 'half-open', word: 'Half-open', filter: 'half-open', count: 'halfOpen' },
  { look: 'forced-open', word: 'Forced open', filter: 'forced', count: 'forcedOpen' },
  { look: 'forced-closed', word: 'Forced closed', filter: 'forced', count: 'forcedClosed' },
];

function Tiles({ counts }: { readonly counts: TroubleCounts | null }): JSX.Element {
  return (
    <ul class="tiles" aria-label="Circuits in trouble, by state">
      {tiles.map(({ look, word, filter, count }) => (
        <li key={look}>
          <a class={`tile ${look}${counts?.[count] === 0 ? ' tile-none' : ''}`} href={addressOf('/list', { filter })}>
            <span class="tile-count">{counts === null ? '–' : numberOf(counts[count])}</span>
            <span class="tile-word">
              <Mark look={look} />
              {word}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
