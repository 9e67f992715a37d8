import { tenantRow, sumUp } from './summary.mjs';
import { number, span } from './words.mjs';

/** @typedef {import('./summary.mjs').TenantRow} TenantRow */
/** @typedef {{ title: string, value: (row: TenantRow) => string, onlyIf?: (row: TenantRow) => boolean }} Column */

/** @type {readonly Column[]} */
const columns = [
  { title: 'done', value: ({ done }) => number(done) },
  { title: 'given up', value: ({ givenUp }) => number(givenUp), onlyIf: ({ givenUp }) => givenUp > 0 },
  { title: 'failed attempts', value: ({ failed }) => number(failed) },
  { title: 'refused', value: ({ refused }) => number(refused) },
  { title: 'worker died', value: ({ lost }) => number(lost), onlyIf: ({ lost }) => lost > 0 },
  { title: 'wasted worker-s', value: ({ wasted }) => number(wasted / 1_000) },
  { title: 'wait p50', value: ({ median }) => span(median) },
  { title: 'wait p95', value: ({ high }) => span(high) },
];

/**
 * A pass as a table: a row per tenant and one of all.
 *
 * @param {import('../pass.mjs').Pass} pass
 * @param {readonly string[]} tenants
 * @returns {{ head: string[], rows: string[][] }}
 */
export function tableOf({ histories }, tenants) {
  const rows = tenants.map((tenant) => tenantRow(tenant, histories));
  const all = { tenant: 'all', ...sumUp(histories) };
  const shown = columns.filter(({ onlyIf }) => onlyIf === undefined || rows.some(onlyIf));
  return {
    head: ['tenant', ...shown.map(({ title }) => title)],
    rows: [...rows, all].map((row) => [row.tenant, ...shown.map(({ value }) => value(row))]),
  };
}

/**
 * @param {{ head: string[], rows: string[][] }} table
 * @param {import('./style.mjs').Style} style
 * @param {(tenant: string) => boolean} isBroken
 */
export function renderTable({ head, rows }, style, isBroken) {
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length), title.length),
  );
  const line = (/** @type {string[]} */ cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  const body = rows.map((row) => (isBroken(row[0] ?? '') ? style.yellow(line(row)) : line(row)));
  const last = body.pop() ?? '';
  return [style.bold(line(head)), style.dim(rule), ...body, style.dim(rule), last].join('\n');
}
