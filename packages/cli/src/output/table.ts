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
/** What names keep of a narrow screen. */
const namesShare = 0.4;

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
    const rows = this.#rows;
    this.#rows = [];
    if (this.#widths !== null) return this.#terminal.out(linesOf(rows, this.#widths));
    const screen = this.#terminal.width;
    // Of a short table nothing is to come that could fill a column.
    const isWhole = rows.length < pageRows;
    const columns = isWhole && isTooWide(this.#head, rows, screen) ? filledColumns(this.#head, rows) : null;
    const cellsOf = (row: readonly string[]): string[] => row.filter((_, at) => columns?.has(at) ?? true);
    const [head, shown] = [cellsOf(this.#head), rows.map(cellsOf)];
    this.#widths = widthsOf(head, shown, screen);
    await this.#terminal.out(linesOf([head.map((word) => this.#colors.bold(word)), ...shown], this.#widths));
  }
}

/** The library takes a third of a millisecond for a row. What has only to be filled with blanks is filled here. */
function linesOf(rows: readonly (readonly string[])[], widths: readonly number[]): string {
  return rows.map((row) => filledLine(row, widths) ?? plainTable([row], widths)).join('');
}

/** Null: a cell has to be cut, or has lines of its own. */
function filledLine(row: readonly string[], widths: readonly number[]): string | null {
  let line = '';
  for (const [at, cell] of row.entries()) {
    const rest = (widths[at] as number) - widthOf(cell);
    if (rest < gap || cell.includes('\n')) return null;
    line += cell + ' '.repeat(rest);
  }
  return `${line.trimEnd()}\n`;
}

/** Most cells are plain, and are as wide as they are long. */
function widthOf(cell: string): number {
  return /^[ -~]*$/.test(cell) ? cell.length : stringWidth(cell);
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

/**
 * As wide as the first page needs. On a narrower screen the widest gives way, again and again. Names, which are the first
 * column, keep their share of the screen for longest: they are what the next command is about.
 */
function widthsOf(head: readonly string[], rows: readonly (readonly string[])[], screen: number): number[] {
  const widths = neededWidths(head, rows);
  if (screen === 0) return widths;
  for (let over = sum(widths) - screen; over > 0; over -= 1) {
    const [names = 0, ...others] = widths;
    const most = Math.max(...others);
    const column = names > namesShare * screen || most <= narrowest ? 0 : widths.indexOf(most, 1);
    if ((widths[column] as number) <= narrowest) break;
    widths[column] = (widths[column] as number) - 1;
  }
  return widths;
}

function neededWidths(head: readonly string[], rows: readonly (readonly string[])[]): number[] {
  return head.map((word, column) => {
    const lengths = rows.map((row) => widthOf(row[column] ?? ''));
    return Math.min(widest, Math.max(widthOf(word), ...lengths)) + gap;
  });
}

function isTooWide(head: readonly string[], rows: readonly (readonly string[])[], screen: number): boolean {
  return screen > 0 && sum(neededWidths(head, rows)) > screen;
}

/** Those in which at least one row has something. */
function filledColumns(head: readonly string[], rows: readonly (readonly string[])[]): ReadonlySet<number> {
  return new Set(head.map((_, at) => at).filter((at) => rows.some((row) => row[at] !== '')));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
