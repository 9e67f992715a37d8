import type { Counters } from '../../contract/record.js';
import type { WindowSpec } from './window-spec.js';

/** What a window, or one of its cells, holds. */
export interface WindowSums {
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
}

export type Cell = { -readonly [Field in keyof WindowSums]: number };

/** A counter's name ends with the first letter of its field. */
export const fields = ['calls', 'failures', 'slow'] as const;
const fieldOf = new Map(fields.map((field) => [`.${field[0]}`, field]));
const ending = '.c'.length;

/** What a record's counters say of one window. Shared by all who ask about that record, so nobody changes it. */
export interface WindowRow {
  /** By number, ascending. */
  readonly cells: ReadonlyMap<number, WindowSums>;
  /** Over all cells. */
  readonly sums: WindowSums;
  /** Counters that have the window's prefix and are of no cell. */
  readonly strange: readonly string[];
}

const rows = new WeakMap<Counters, Record<string, WindowRow>>();

/** Read once per record, for a call asks about its record up to three times: whether it may begin, and at its end. */
export function rowOf(spec: WindowSpec, counters: Counters): WindowRow {
  const known = rows.get(counters) ?? {};
  rows.set(counters, known);
  return (known[spec.prefix] ??= read(spec, counters));
}

function read({ prefix }: WindowSpec, counters: Counters): WindowRow {
  let cells = new Map<number, Cell>();
  const sums = emptyCell();
  const strange: string[] = [];
  // In most stores counters come in the order in which they were made, and need no sorting.
  let newest = 0;
  // Stryker disable next-line BooleanLiteral: sorting what is sorted changes nothing.
  let isAscending = true;
  for (const name of Object.keys(counters)) {
    if (!name.startsWith(prefix)) continue;
    const number = Number(name.slice(prefix.length, -ending));
    const field = fieldOf.get(name.slice(-ending));
    if (field === undefined || !Number.isSafeInteger(number)) {
      strange.push(name);
      continue;
    }
    // Below 0 only by a stranger's hand: it must not take from what others counted.
    const counted = Math.max(0, counters[name] as number);
    cellAt(cells, number)[field] += counted;
    sums[field] += counted;
    // Stryker disable next-line ConditionalExpression,EqualityOperator: as above.
    isAscending &&= number >= newest;
    newest = number;
  }
  // Stryker disable next-line ConditionalExpression: as above.
  if (!isAscending) cells = new Map([...cells].sort(([one], [other]) => one - other));
  return { cells, sums, strange };
}

export function nameOf({ prefix }: WindowSpec, number: number, field: keyof WindowSums): string {
  return `${prefix}${number}.${field[0]}`;
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
