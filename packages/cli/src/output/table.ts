import Table from 'cli-table3';
import picocolors from 'picocolors';
import stringWidth from 'string-width';
import type { Terminal } from '../terminal/terminal.js';

type Colors = ReturnType<typeof picocolors.createColors>;

/** picocolors, on or off as the terminal has it. */
export function colorsFor(terminal: Terminal): Colors {
  return picocolors.createColors(terminal.hasColors);
}

/** How many rows decide how wide the columns are; also how many are written at a time. */
const pageRows = 200;
const widest = 60;
const narrowest = 8;
const gap = 2;

/**
 * A table of any length in flat memory: rows are written a page at a time. The first page decides the widths, to which
 * all that follows is cut.
 */
export class StreamedTable {
  readonly #terminal: Terminal;
  readonly #head: readonly string[];
  readonly #colors: Colors;
  #rows: (readonly string[])[] = [];
  #widths: number[] | null = null;

  constructor(terminal: Terminal, head: readonly string[]) {
    this.#terminal = terminal;
    this.#head = head;
    this.#colors = colorsFor(terminal);
  }

  async add(row: readonly string[]): Promise<void> {
    this.#rows.push(row);
    if (this.#rows.length >= pageRows) await this.flush();
  }

  /** Writes what waits; the head with the first page. */
  async flush(): Promise<void> {
    if (this.#rows.length === 0) return;
    const isFirst = this.#widths === null;
    this.#widths ??= widthsOf(this.#head, this.#rows, this.#terminal.width);
    const head = isFirst ? [this.#head.map((word) => this.#colors.bold(word))] : [];
    const text = plainTable([...head, ...this.#rows], this.#widths);
    this.#rows = [];
    await this.#terminal.out(text);
  }
}

/** Rows without rules, each column as wide as told. */
export function plainTable(rows: readonly (readonly string[])[], widths: readonly number[] = []): string {
  const table = new Table({
    chars: noRules,
    style: { 'padding-left': 0, 'padding-right': gap, head: [], border: [] },
    ...(widths.length > 0 && { colWidths: [...widths] }),
  });
  table.push(...rows.map((row) => [...row]));
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

const noRules = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

/** As wide as the first page needs; on a narrower screen the widest column gives way, again and again. */
function widthsOf(head: readonly string[], rows: readonly (readonly string[])[], screen: number): number[] {
  const widths = head.map((word, column) => {
    const lengths = rows.map((row) => stringWidth(row[column] ?? ''));
    return Math.min(widest, Math.max(stringWidth(word), ...lengths)) + gap;
  });
  if (screen === 0) return widths;
  let total = widths.reduce((sum, width) => sum + width, 0);
  for (; total > screen; total -= 1) {
    const most = Math.max(...widths);
    if (most <= narrowest) break;
    widths[widths.indexOf(most)] = most - 1;
  }
  return widths;
}
