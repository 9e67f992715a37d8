// Compares a run's ratios with the committed baseline. It only warns: machines differ, and a busy one lies.
//   node guard.mjs            compares results/latest.json
//   pnpm bench --guard        measures first
//   node guard.mjs --accept   makes results/latest.json the baseline
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const baselineFile = join(import.meta.dirname, 'baseline.json');
const latestFile = join(import.meta.dirname, 'results', 'latest.json');

/** How many times as bad as the baseline a ratio may be before anybody is told. */
const margin = 1.6;

/**
 * What a run's ratios say against the committed baseline, line by line. Smaller is better in all of them.
 *
 * @param {{ items: Record<string, { ratios?: Record<string, number> }> }} results
 * @returns {string[]}
 */
export function warnings(results) {
  if (!existsSync(baselineFile)) return ['There is no baseline.json to compare with.'];
  return compared(results, JSON.parse(readFileSync(baselineFile, 'utf8')));
}

/** As `warnings`, against a baseline that is given: ratios by item and name. */
export function compared(results, baseline) {
  const both = Object.entries(results.items).flatMap(([key, { ratios = {} }]) =>
    Object.entries(ratios)
      .map(([name, now]) => ({ name: `${key}: ${name}`, now, before: baseline[key]?.[name] }))
      .filter(({ before }) => before !== undefined),
  );
  const worse = both.filter(({ now, before }) => now > before * margin);
  const count = `${both.length} ${both.length === 1 ? 'ratio' : 'ratios'}`;
  return [
    ...worse.map(
      ({ name, now, before }) => `warning: ${name} is ${now.toPrecision(3)}, and was ${before.toPrecision(3)}`,
    ),
    `${count} compared with the baseline, ${worse.length} of them more than ${margin} times as bad.`,
  ];
}

if (process.argv[1] === import.meta.filename) {
  const results = JSON.parse(readFileSync(latestFile, 'utf8'));
  if (process.argv.includes('--accept')) {
    const ratios = Object.entries(results.items).map(([key, item]) => [key, item.ratios ?? {}]);
    writeFileSync(baselineFile, `${JSON.stringify(Object.fromEntries(ratios), null, 2)}\n`);
  } else {
    for (const line of warnings(results)) console.log(line);
  }
}
