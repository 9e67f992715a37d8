import type { Counters } from '../../contract/record.js';
import type { WindowSpec } from './window-spec.js';

/** What a window, or one of its cells, holds. */
export interface WindowSums {
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
}

export type Sums = { -readonly [Field in keyof WindowSums]: number };

/** One bucket or segment. */
export interface Cell extends Sums {
  readonly number: number;
}

/** A counter's name ends with a dot and the first letter of its field. */
export const fields = ['calls', 'failures', 'slow'] as const;
const ending = '.c'.length;

/** What a record's counters say of one window. Shared by all who ask about that record, so nobody changes it. */
export interface WindowRow {
  /** By number, ascending. */
  readonly cells: readonly Readonly<Cell>[];
  /** Over all cells. */
  readonly sums: WindowSums;
  /** Counters that have the window's prefix and are of no cell. */
  readonly strange: readonly string[];
  /** Whether the record may have counters of other windows. */
  readonly hasOthers: boolean;
}

type Prefixed = Pick<WindowSpec, 'prefix'>;

interface KnownRow {
  readonly counters: Counters;
  readonly prefix: string;
  readonly row: WindowRow;
}

/** The rows that were read last. A WeakMap of all would cost more than it spares: each record is asked about at once, or not again. */
const known: KnownRow[] = [];
const mostKnown = 8;
let newest = mostKnown - 1;

/** What the end of a call has read of its record, the next call's end needs again, where nobody else wrote. */
export function rowOf({ prefix }: Prefixed, counters: Counters): WindowRow {
  for (const each of known) if (each.counters === counters && each.prefix === prefix) return each.row;
  const row = read(prefix, counters);
  rememberRow(prefix, counters, row);
  return row;
}

/** Of a row that is known without reading. */
export function rememberRow(prefix: string, counters: Counters, row: WindowRow): void {
  newest = (newest + 1) % mostKnown;
  known[newest] = { counters, prefix, row };
}

function read(prefix: string, counters: Counters): WindowRow {
  const cells: Cell[] = [];
  const sums: Sums = { calls: 0, failures: 0, slow: 0 };
  const strange: string[] = [];
  let hasOthers = false;
  for (const name in counters) {
    if (!name.startsWith(prefix)) {
      // Names of windows begin so, and no other's does.
      hasOthers ||= name.charAt(0) === 'w' || name.charAt(0) === 'n';
      continue;
    }
    const number = numberIn(name, prefix.length);
    const field = fieldOf(name);
    const counted = counters[name] as number;
    // 0 or less only by a stranger's hand: it must not take from what others counted.
    if (field === undefined || number < 0 || counted <= 0) {
      strange.push(name);
      continue;
    }
    cellOf(cells, number)[field] += counted;
    sums[field] += counted;
  }
  return { cells, sums, strange, hasOthers };
}

function fieldOf(name: string): keyof WindowSums | undefined {
  const dot = name.length - ending;
  return name[dot] === '.' ? fields.find(([letter]) => letter === name[dot + 1]) : undefined;
}

/** The cell's number, which stands between these places of the name; −1: none does. By hand: it is on every call's way. */
function numberIn(name: string, start: number): number {
  const end = name.length - ending;
  let number = end > start ? 0 : -1;
  for (let place = start; place < end; place += 1) {
    const digit = name.charCodeAt(place) - 48;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return Number.isSafeInteger(number) ? number : -1;
}

/** The cell of that number, made where it must be. In most stores counters come as they were made: it is the last, or comes behind it. */
function cellOf(cells: Cell[], number: number): Cell {
  let place = cells.length;
  while (place > 0 && (cells[place - 1] as Cell).number > number) place -= 1;
  const before = cells[place - 1];
  if (before?.number === number) return before;
  const cell = emptyCell(number);
  if (place === cells.length) cells.push(cell);
  else cells.splice(place, 0, cell);
  return cell;
}

const noName = { prefix: '', number: -1, name: '' };

/** The name that was asked for last, by field: calls come into one cell for a while, and to make a string a key costs its hash. */
const named = { calls: noName, failures: noName, slow: noName };

export function nameOf({ prefix }: WindowSpec, number: number, field: keyof WindowSums): string {
  let last = named[field];
  if (last.number !== number || last.prefix !== prefix) {
    last = { prefix, number, name: `${prefix}${number}.${field[0]}` };
    named[field] = last;
  }
  return last.name;
}

export function emptyCell(number: number): Cell {
  return { number, calls: 0, failures: 0, slow: 0 };
}

export function plus(sums: Sums, more: WindowSums, sign: 1 | -1): void {
  sums.calls += sign * more.calls;
  sums.failures += sign * more.failures;
  sums.slow += sign * more.slow;
}
