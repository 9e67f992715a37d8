import { healthyTenants } from '../input/scenario.mjs';
import { attribute, text } from './escape.mjs';
import { areaPath } from './paths.mjs';
import { chartWidth, plot, round, timeAxis } from './scale.mjs';

const top = 8;
const bottom = 128;
const height = 150;

/**
 * How many places of the workers are taken by jobs of broken tenants (below) and of healthy ones (above them).
 *
 * @param {string} title
 * @param {import('../pass.mjs').Pass} pass
 * @param {import('../input/scenario.mjs').Scenario} scenario
 * @param {import('./scale.mjs').TimeScale} scale
 */
export function workersChart(title, pass, scenario, scale) {
  const places = scenario.workers.processes * scenario.workers.jobsEach;
  const healthy = new Set(healthyTenants(scenario));
  const y = (/** @type {number} */ jobs) => round(bottom - (Math.min(jobs, places) / places) * (bottom - top));
  const points = pass.samples.map(({ at, tenants }) => {
    let broken = 0;
    let all = 0;
    for (const [tenant, { running }] of Object.entries(tenants)) {
      all += running;
      if (!healthy.has(tenant)) broken += running;
    }
    return { x: scale.x(at), broken: y(broken), all: y(all) };
  });
  const upper = points.map(({ x, all }) => ({ x, y: all }));
  const lower = points.map(({ x, broken }) => ({ x, y: broken }));
  const rows = [places, places / 2]
    .map(
      (jobs) =>
        `<line class="grid" x1="${plot.left}" x2="${plot.left + plot.width}" y1="${y(jobs)}" y2="${y(jobs)}" />` +
        `<text class="tick" text-anchor="end" x="${plot.left - 6}" y="${y(jobs) + 4}">${round(jobs)}</text>`,
    )
    .join('');
  return `<figure>
<figcaption><b>${text(title)}</b><span>places taken, of ${places}</span></figcaption>
<svg viewBox="0 0 ${chartWidth} ${height}" role="img" aria-label="${attribute(`${title}: who holds the workers`)}">
${rows}
<path class="area-healthy" d="${areaPath(upper, bottom)}" />
<path class="area-broken" d="${areaPath(lower, bottom)}" />
${timeAxis(scale, top, bottom, height - 4)}
<line class="axis" x1="${plot.left}" x2="${plot.left + plot.width}" y1="${bottom}" y2="${bottom}" />
</svg>
</figure>`;
}
