import type { JSX } from 'preact';
import { plural } from '../text/words.js';
import { timeOf } from '../text/times.js';

const width = 360;
const height = 72;
const gap = 4;

/** When circuits went into trouble within the last hour, a bar for five minutes. */
export function HourChart({ counts, now }: { readonly counts: readonly number[]; readonly now: number }): JSX.Element {
  const most = Math.max(...counts, 1);
  const bar = (width + gap) / counts.length - gap;
  const all = counts.reduce((sum, each) => sum + each, 0);
  const busiest = counts.indexOf(Math.max(...counts));
  const step = 3_600_000 / counts.length;
  const start = now - 3_600_000;
  const busy =
    all === 0
      ? ''
      : `, most of them from ${timeOf(start + busiest * step, now)} to ${timeOf(start + (busiest + 1) * step, now)}`;
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${plural(all, 'circuit')} in the last hour${busy}.`}
        preserveAspectRatio="none"
      >
        {counts.map((count, index) => {
          const tall = count === 0 ? 2 : Math.max(5, (count / most) * height);
          return (
            <rect
              key={index}
              class={count === 0 ? 'bar-none' : 'bar-open'}
              x={index * (bar + gap)}
              y={height - tall}
              width={bar}
              height={tall}
              rx="2"
            >
              <title>{`${timeOf(start + index * step, now)}: ${count}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption>
        <span>{timeOf(start, now)}</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}
