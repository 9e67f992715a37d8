/** A number for a table: three figures that matter, thousands with commas. */
export function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(size >= 10 ? 3 : size >= 1 ? 3 : 2)));
}

/** @param {number} value bytes */
export function bytes(value) {
  if (value >= 2 ** 20) return `${number(value / 2 ** 20)} MiB`;
  if (value >= 2 ** 10) return `${number(value / 2 ** 10)} KiB`;
  return `${number(value)} B`;
}

/**
 * A table in Markdown; all columns but the first are numbers, unless they are said to be words.
 *
 * @param {string[]} head
 * @param {(string | number)[][]} rows
 * @param {readonly number[]} words columns, counted from 0
 */
export function table(head, rows, words = [0]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (words.includes(index) ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
