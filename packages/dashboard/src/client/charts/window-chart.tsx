import type { JSX } from 'preact';
import type { WindowCell, WindowView } from '../../protocol/circuit.js';
import { lengthOf, preciseTimeOf } from '../text/times.js';
import { numberOf, percentOf, plural } from '../text/words.js';

const width = 560;
const height = 96;

/** What a trip rule counts: a bar for each part of its window, failures below, successes above, slow calls marked. */
export function WindowChart({ window }: { readonly window: WindowView }): JSX.Element {
  const { cells } = window;
  const sums = sumOf(cells);
  const most = Math.max(...cells.map(({ calls }) => calls), 1);
  const gap = cells.length > 40 ? 1 : 4;
  const bar = (width + gap) / cells.length - gap;
  const title = window.kind === 'time' ? `Last ${lengthOf(window.length)}` : `Last ${plural(window.length, 'call')}`;
  return (
    <figure class="chart window-chart">
      <div class="chart-head">
        <h3>{title}</h3>
        <p>
          {plural(sums.calls, 'call')}, <span class="failures-word">{plural(sums.failures, 'failure')}</span> (
          {percentOf(sums.failures, sums.calls)})
          {sums.slow > 0 && `, ${numberOf(sums.slow)} slow (${percentOf(sums.slow, sums.calls)})`}
        </p>
      </div>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        preserveAspectRatio="none"
        aria-label={`${title}: ${plural(sums.calls, 'call')}, ${plural(sums.failures, 'failure')}, ${numberOf(sums.slow)} slow.`}
      >
        {cells.map((cell, index) => {
          const tall = (cell.calls / most) * (height - 4);
          const failed = (Math.min(cell.failures, cell.calls) / most) * (height - 4);
          const x = index * (bar + gap);
          return (
            <g key={index}>
              <title>{cellTitle(cell)}</title>
              <rect class="bar-none" x={x} y={height - 2} width={bar} height="2" />
              {tall > failed && <rect class="bar-closed" x={x} y={height - tall} width={bar} height={tall - failed} />}
              {failed > 0 && <rect class="bar-open" x={x} y={height - failed} width={bar} height={failed} />}
              {cell.slow > 0 && (
                <rect class="bar-slow" x={x} y={Math.max(0, height - tall - 4)} width={bar} height="3" />
              )}
            </g>
          );
        })}
      </svg>
      <figcaption>
        <span>{window.kind === 'time' ? `${lengthOf(window.length)} ago` : 'oldest'}</span>
        <span class="legend">
          <span class="key bar-closed-key">success</span>
          <span class="key bar-open-key">failure</span>
          {sums.slow > 0 && <span class="key bar-slow-key">slow</span>}
        </span>
        <span>{window.kind === 'time' ? 'now' : 'newest'}</span>
      </figcaption>
    </figure>
  );
}

function cellTitle({ from, calls, failures, slow }: WindowCell): string {
  const when = from === null ? '' : `${preciseTimeOf(from)}: `;
  return `${when}${plural(calls, 'call')}, ${plural(failures, 'failure')}${slow > 0 ? `, ${slow} slow` : ''}`;
}

function sumOf(cells: readonly WindowCell[]): { calls: number; failures: number; slow: number } {
  const sums = { calls: 0, failures: 0, slow: 0 };
  for (const { calls, failures, slow } of cells) {
    sums.calls += calls;
    sums.failures += failures;
    sums.slow += slow;
  }
  return sums;
}
