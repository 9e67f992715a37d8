import { describeAftermath } from '../output/aftermath.mjs';
import { describeBusyMachine } from '../output/busy-machine.mjs';
import { headline } from '../output/headline.mjs';
import { gainOf } from '../output/summary.mjs';
import { tableOf } from '../output/table.mjs';
import { number, span } from '../output/words.mjs';
import { workersChart } from './chart-workers.mjs';
import { tenantChart } from './chart-tenant.mjs';
import { attribute, text } from './escape.mjs';
import { legend } from './legend.mjs';
import { pageStyle } from './page-style.mjs';
import { makeScale } from './scale.mjs';

/**
 * The story as a page that stands alone: inline SVG, no script, nothing from a network.
 *
 * @param {import('../demo.mjs').DemoResult} result
 * @returns {string} HTML that is XML as well
 */
export function renderPage(result) {
  const { scenario, backendName, without, withCircuits } = result;
  const tenants = Object.keys(scenario.tenants);
  const gain = gainOf(result);
  const { title, details } = headline(gain);
  const scale = makeScale(Math.max(without.duration, withCircuits.duration));
  const aftermath = describeAftermath(withCircuits);
  const warning = describeBusyMachine(result);
  const killedAt = withCircuits.killed?.at ?? null;
  return `<!DOCTYPE html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>${text(scenario.title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<header>
<p class="eyebrow">${text(scenario.title)}</p>
<h1>${text(title)}</h1>
<p class="lead">${details.map(text).join(' ')}</p>
${warning === null ? '' : `<p class="note">${text(warning)}</p>`}
<dl class="figures">
${figure('Median wait, healthy tenants', span(gain.median.withCircuits), span(gain.median.without))}
${figure('95 of 100 waited no longer than', span(gain.high.withCircuits), span(gain.high.without))}
${figure('Worker-seconds wasted', number(wasted(withCircuits)), number(wasted(without)))}
${figure('Failed attempts', number(failed(withCircuits)), number(failed(without)))}
</dl>
</header>

<section>
<h2>Who holds the workers</h2>
<p>A call to a broken provider holds its worker until it is cut off. Without circuits such calls take nearly all of the
${scenario.workers.processes * scenario.workers.jobsEach} places. With circuits they do so until the circuits open, then one trial at a time does. Once a provider is back, its jobs
that were put off are worked off, and take places again.</p>
${legend(['healthy', 'broken'])}
<div class="pair">
${workersChart('Without circuits', without, scenario, scale)}
${workersChart('With circuits', withCircuits, scenario, scale)}
</div>
</section>

<section>
<h2>Each tenant’s queue and circuit</h2>
<p>Jobs that wait, for a worker or for their next attempt. One scale for each pair of curves, one time for all.</p>
${legend(['without', 'with', 'fault', 'closed', 'open', 'half-open', ...(killedAt === null ? [] : [/** @type {const} */ ('killed')])])}
<div class="tenants">
${tenants.map((tenant) => tenantChart(tenant, result, scale, killedAt)).join('\n')}
</div>
${aftermath === null ? '' : `<p class="note">${aftermath.map(text).join(' ')}</p>`}
</section>

<section>
<h2>In numbers</h2>
<div class="tables">
${tableSection(`Without circuits · ${span(without.duration)}`, tableOf(without, tenants))}
${tableSection(`With circuits · ${span(withCircuits.duration)}`, tableOf(withCircuits, tenants))}
</div>
</section>

<footer>
<p>${number(without.histories.length)} jobs, ${tenants.length} tenants, ${scenario.workers.processes} workers with
${scenario.workers.jobsEach} jobs at a time, circuits in ${text(backendName)}. Times are the story’s: the demo ran it
${number(scenario.timeScale)} times as fast. Waiting: from when a job came until the attempt began that did it.</p>
</footer>
</main>
</body>
</html>
`;
}

/** @param {string} name @param {string} now @param {string} before */
function figure(name, now, before) {
  return `<div><dt>${text(name)}</dt><dd><b>${text(now)}</b> <span>${now === before ? 'either way' : `instead of ${text(before)}`}</span></dd></div>`;
}

/** @param {import('../pass.mjs').Pass} pass */
function wasted({ histories }) {
  return histories.reduce((sum, history) => sum + history.wasted, 0) / 1_000;
}

/** @param {import('../pass.mjs').Pass} pass */
function failed({ histories }) {
  return histories.reduce((sum, history) => sum + history.failed, 0);
}

/** @param {string} caption @param {{ head: string[], rows: string[][] }} table */
function tableSection(caption, { head, rows }) {
  const cells = (/** @type {string[]} */ row) => row.map((cell) => `<td>${text(cell)}</td>`).join('');
  return `<div class="scroll" tabindex="0" role="region" aria-label="${attribute(caption)}"><table aria-label="${attribute(caption)}">
<caption>${text(caption)}</caption>
<thead><tr>${head.map((title) => `<th scope="col">${text(title)}</th>`).join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}</tbody>
</table></div>`;
}
