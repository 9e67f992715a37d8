import { moment, number } from '../output/words.mjs';
import { attribute, text } from './escape.mjs';
import { areaPath, linePath } from './paths.mjs';
import { chartWidth, niceTop, plot, round, timeAxis } from './scale.mjs';

const top = 14;
const bottom = 104;
const strip = { top: 112, height: 9 };
const labels = 136;
const height = 140;

const faultWords = { hang: 'hangs', fail: 'fails', slow: 'is slow' };

/**
 * A tenant's waiting jobs in both passes, when its provider was broken, and its circuit.
 *
 * @param {string} tenant
 * @param {import('../demo.mjs').DemoResult} result
 * @param {import('./scale.mjs').TimeScale} scale
 * @param {number | null} killedAt when a worker was killed
 */
export function tenantChart(tenant, { scenario, without, withCircuits }, scale, killedAt) {
  const faults = scenario.tenants[tenant]?.faults ?? [];
  const before = waiting(tenant, without);
  const after = waiting(tenant, withCircuits);
  const most = Math.max(...before.map(({ jobs }) => jobs), ...after.map(({ jobs }) => jobs));
  const ceiling = niceTop(most);
  const y = (/** @type {number} */ jobs) => round(bottom - (jobs / ceiling) * (bottom - top));
  const toPoints = (/** @type {Waiting[]} */ series) => series.map(({ at, jobs }) => ({ x: scale.x(at), y: y(jobs) }));
  const rows = [ceiling, ceiling / 2]
    .map(
      (jobs) =>
        `<line class="grid" x1="${plot.left}" x2="${plot.left + plot.width}" y1="${y(jobs)}" y2="${y(jobs)}" />` +
        `<text class="tick" text-anchor="end" x="${plot.left - 6}" y="${y(jobs) + 4}">${number(jobs)}</text>`,
    )
    .join('');
  const words = faults.length === 0 ? 'healthy' : faults.map(describeFault).join(', ');
  return `<figure>
<figcaption><b>${text(tenant)}</b><span>${text(words)}</span></figcaption>
<svg viewBox="0 0 ${chartWidth} ${height}" role="img" aria-label="${attribute(`${tenant}: waiting jobs and circuit`)}">
<defs><pattern id="${attribute(patternId(tenant))}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch-line" x1="0" y1="0" x2="0" y2="6" /></pattern></defs>
${faults.map((fault) => faultBand(fault, scale, patternId(tenant))).join('')}
${rows}
${timeAxis(scale, top, bottom, labels)}
<path class="area-without" d="${areaPath(toPoints(before), bottom)}" />
<path class="line-without" d="${linePath(toPoints(before))}" />
<path class="line-with" d="${linePath(toPoints(after))}" />
<line class="axis" x1="${plot.left}" x2="${plot.left + plot.width}" y1="${bottom}" y2="${bottom}" />
${circuitStrip(withCircuits, tenant, scale)}
${killedAt === null ? '' : killedMark(killedAt, scale)}
</svg>
</figure>`;
}

/** @typedef {{ at: number, jobs: number }} Waiting */

/**
 * @param {string} tenant
 * @param {import('../pass.mjs').Pass} pass
 * @returns {Waiting[]}
 */
function waiting(tenant, { samples }) {
  return samples.map(({ at, tenants }) => {
    const { queued, delayed } = tenants[tenant] ?? { queued: 0, delayed: 0 };
    return { at, jobs: queued + delayed };
  });
}

/** @param {import('../input/scenario.mjs').Fault} fault */
function describeFault({ kind, from, until, share }) {
  const part = share < 1 ? ` ${Math.round(share * 100)} % of calls` : '';
  return `${faultWords[kind]}${part} ${moment(from)}–${moment(until)}`;
}

/**
 * @param {import('../input/scenario.mjs').Fault} fault
 * @param {import('./scale.mjs').TimeScale} scale
 * @param {string} pattern
 */
function faultBand({ from, until }, { x, end }, pattern) {
  if (from >= end) return '';
  const place = `x="${x(from)}" width="${round(x(until) - x(from))}"`;
  return (
    `<rect class="band" ${place} y="${top}" height="${bottom - top}" />` +
    `<rect fill="url(#${attribute(pattern)})" ${place} y="${top}" height="${bottom - top}" />`
  );
}

/**
 * @param {import('../pass.mjs').Pass} pass
 * @param {string} tenant
 * @param {import('./scale.mjs').TimeScale} scale
 */
function circuitStrip({ changes, duration }, tenant, { x }) {
  const own = changes[tenant] ?? [];
  return own
    .map(({ at, state }, index) => {
      const until = own[index + 1]?.at ?? duration;
      // A trial may be too short to be seen: it gets a width of its own.
      const width = Math.max(state === 'half-open' ? 2 : 0, round(x(until) - x(at)));
      const what = `${state} ${moment(at)}–${moment(until)}`;
      return `<rect class="state-${state}" x="${x(at)}" width="${width}" y="${strip.top}" height="${strip.height}"><title>${what}</title></rect>`;
    })
    .join('');
}

/** @param {number} at @param {import('./scale.mjs').TimeScale} scale */
function killedMark(at, { x }) {
  return `<line class="mark-killed" x1="${x(at)}" x2="${x(at)}" y1="${top}" y2="${strip.top + strip.height}" />`;
}

/** @param {string} tenant any text: an id that is a name in XML, and another one for each */
function patternId(tenant) {
  return `hatch-${[...tenant].map((character) => (/[a-z0-9]/i.test(character) ? character : `_${character.codePointAt(0)}`)).join('')}`;
}
