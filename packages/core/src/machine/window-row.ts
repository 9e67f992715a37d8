import { counterOf } from '../contract/counters.js';
import type { Counters } from '../contract/record.js';
import type { WindowSpec } from './window-spec.js';

/** What a window, or one of its cells, holds. */
export interface WindowSums {
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
}

export type Cell = { -readonly [Field in keyof WindowSums]: number };

export const fields = ['calls', 'failures', 'slow'] as const;
const letters = ['c', 'f', 's'] as const;
const ending = '.c'.length;

/** What a record's counters say of one window. Shared by all who ask about that record, so nobody changes it. */
export interface WindowRow {
  readonly cells: ReadonlyMap<number, WindowSums>;
  /** The cells' numbers, ascending. */
  readonly numbers: readonly number[];
  /** Over all cells. */
  readonly sums: WindowSums;
  /** Counters that have the window's prefix and are of no cell. */
  readonly strange: readonly string[];
}

const rows = new WeakMap<Counters, Map<string, WindowRow>>();

/** Read once per record, for a call asks about its record up to three times: whether it may begin, and at its end. */
export function rowOf(spec: WindowSpec, counters: Counters): WindowRow {
  let known = rows.get(counters);
  if (known === undefined) {
    known = new Map();
    rows.set(counters, known);
  }
  let row = known.get(spec.prefix);
  if (row === undefined) {
    row = read(spec, counters);
    known.set(spec.prefix, row);
  }
  return row;
}

function read({ prefix }: WindowSpec, counters: Counters): WindowRow {
  const cells = new Map<number, Cell>();
  const sums = emptyCell();
  const strange: string[] = [];
  for (const name in counters) {
    if (!name.startsWith(prefix)) continue;
    const number = numberIn(prefix, name);
    const field = fields[letters.indexOf(name.slice(1 - ending) as (typeof letters)[number])];
    if (field === undefined || number === null) {
      strange.push(name);
      continue;
    }
    // Below 0 only by a stranger's hand: it must not take from what others counted.
    const counted = Math.max(0, counterOf(counters, name));
    cellAt(cells, number)[field] += counted;
    sums[field] += counted;
  }
  return { cells, numbers: [...cells.keys()].sort((one, other) => one - other), sums, strange };
}

/** The number of the cell that a counter belongs to; null: to none. */
export function numberIn(prefix: string, name: string): number | null {
  const number = Number(name.slice(prefix.length, -ending));
  return name.at(-ending) === '.' && Number.isSafeInteger(number) ? number : null;
}

/** @param place of the field in `fields` */
export function nameOf({ prefix }: WindowSpec, number: number, place: number): string {
  return `${prefix}${number}.${letters[place]}`;
}

export function emptyCell(): Cell {
  return { calls: 0, failures: 0, slow: 0 };
}

export function cellAt(cells: Map<number, Cell>, number: number): Cell {
  let cell = cells.get(number);
  if (cell === undefined) {
    cell = emptyCell();
    cells.set(number, cell);
  }
  return cell;
}
