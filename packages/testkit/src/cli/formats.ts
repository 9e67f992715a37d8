import type { CheckResult, ConformanceReport } from '../conformance/report.js';
import { summaryOf } from './summary.js';

/** The ways a report is written. */
export type Format = 'table' | 'tap' | 'json' | 'junit';

/** A report as text, ending with a newline. */
export const formats: Readonly<Record<Format, (report: ConformanceReport, file: string) => string>> = {
  table,
  tap,
  json: (report) => `${JSON.stringify({ ...report, ...summaryOf(report) }, null, 2)}\n`,
  junit,
};

const marks = { passed: 'ok', failed: 'FAILED', skipped: 'skipped' } as const;

function table(report: ConformanceReport): string {
  const rows = report.results.map(({ clause, outcome, duration, title }) => [
    clause,
    marks[outcome],
    `${duration} ms`,
    title.startsWith(`${clause} `) ? title.slice(clause.length + 1) : title,
  ]);
  const all = [['clause', '', 'time', 'check'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => (row[column] as string).length)));
  const lines = all.map((row) =>
    row.map((cell, column) => (column === 3 ? cell : cell.padEnd(widths[column] as number))).join('  '),
  );
  const told = report.results
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ explanation, title }) => explanation ?? title);
  const skipped = report.results.filter(({ outcome }) => outcome === 'skipped');
  const reasons = [...new Set(skipped.map(({ explanation = '' }) => explanation))];
  const whySkipped = reasons.map((reason) => {
    const which = new Set(skipped.filter(({ explanation }) => explanation === reason).map(({ clause }) => clause));
    return `skipped ${[...which].join(', ')}: ${reason}`;
  });
  return `${[lines.join('\n'), ...told, whySkipped.join('\n'), summaryOf(report).summary].filter((part) => part !== '').join('\n\n')}\n`;
}

function tap({ results, seed }: ConformanceReport): string {
  const lines = results.flatMap(({ outcome, title, explanation, duration }, index) => {
    const what = `${outcome === 'failed' ? 'not ok' : 'ok'} ${index + 1} - ${title.replaceAll('#', '\\#')}`;
    if (outcome === 'skipped') return [`${what} # SKIP ${explanation ?? ''}`];
    if (outcome === 'passed') return [what];
    const told = (explanation ?? '').split('\n').map((line) => `    ${line}`);
    return [what, '  ---', `  duration_ms: ${duration}`, '  message: |', ...told, '  ...'];
  });
  return `${['TAP version 14', `1..${results.length}`, `# seed ${seed}`, ...lines].join('\n')}\n`;
}

function junit(report: ConformanceReport, file: string): string {
  const { results, seed } = report;
  const count = (wanted: CheckResult['outcome']): number => results.filter(({ outcome }) => outcome === wanted).length;
  const cases = results.map(({ clause, title, outcome, explanation = '', duration }) => {
    const open = `    <testcase classname="${xml(clause)}" name="${xml(title)}" time="${duration / 1_000}"`;
    if (outcome === 'passed') return `${open}/>`;
    const inner =
      outcome === 'skipped'
        ? `<skipped message="${xml(explanation)}"/>`
        : `<failure message="${xml(explanation.split('\n')[3]?.trim() ?? title)}">${xml(explanation)}</failure>`;
    return `${open}>${inner}</testcase>`;
  });
  const counts = `tests="${results.length}" failures="${count('failed')}" skipped="${count('skipped')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="circuitry storage contract: ${xml(file)}" ${counts}>`,
    `    <properties><property name="seed" value="${seed}"/></properties>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** Text for XML 1.0: escaped, and without the control characters that it can’t hold at all. */
function xml(text: string): string {
  const legal = [...text].filter((char) => char >= ' ' || char === '\n' || char === '\t').join('');
  return legal.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
