import { describeAftermath } from './aftermath.mjs';
import { describeBusyMachine } from './busy-machine.mjs';
import { headline } from './headline.mjs';
import { gainOf } from './summary.mjs';
import { renderTable, tableOf } from './table.mjs';
import { span } from './words.mjs';

/**
 * All that is printed when both passes are over, but for where the page is.
 *
 * @param {import('../demo.mjs').DemoResult} result
 * @param {import('./style.mjs').Style} style
 */
export function renderReport(result, style) {
  const { scenario, without, withCircuits } = result;
  const tenants = Object.keys(scenario.tenants);
  const isBroken = (/** @type {string} */ tenant) => (scenario.tenants[tenant]?.faults.length ?? 0) > 0;
  const table = (/** @type {string} */ title, /** @type {import('../pass.mjs').Pass} */ pass) => [
    '',
    style.bold(`${title}: ${span(pass.duration)} until the last job was done`),
    '',
    renderTable(tableOf(pass, tenants), style, isBroken),
  ];
  const { title, details } = headline(gainOf(result));
  const aftermath = describeAftermath(withCircuits);
  const warning = describeBusyMachine(result);
  return [
    ...table('Without circuits', without),
    ...table('With circuits', withCircuits),
    ...(aftermath === null ? [] : ['', ...aftermath]),
    '',
    style.bold(style.green(title)),
    ...details,
    `Times are the story's: a second of yours is ${scenario.timeScale} of them.`,
    ...(warning === null ? [] : ['', style.yellow(warning)]),
    '',
  ].join('\n');
}
