import type { Counters } from '@circuitry/core';
import type { WindowCell, WindowView } from '../protocol/circuit.js';

/** A cell's counter as core names it: `w6000x10:288230.c` of a time window, `n100:3.f` of one of calls. */
const cellName = /^(?:w([1-9]\d{0,11})x([1-9]\d{0,2})|n([1-9]\d{0,4})):(\d{1,15})\.([cfs])$/;

/** The most windows that are drawn: a record may hold left-overs of settings that are gone. */
const mostWindows = 4;
/** Core cuts no window into more. */
const mostCells = 100;

interface Cell {
  calls: number;
  failures: number;
  slow: number;
}

interface Row {
  /** ms; null: a window of calls. */
  readonly bucketLength: number | null;
  readonly size: number;
  readonly cells: Map<number, Cell>;
}

/**
 * The windows that a record's counters were counted in, longest row first, with a cell for each bucket, the empty ones
 * too, so that a chart's time axis is true. What is out of its window at `now` is left out.
 */
export function windowsOf(counters: Counters, now: number): readonly WindowView[] {
  const rows = new Map<string, Row>();
  for (const [name, value] of Object.entries(counters)) {
    const match = cellName.exec(name);
    if (match === null || value <= 0) continue;
    const [, bucketLength, buckets, calls, number, field] = match;
    const prefix = name.slice(0, name.indexOf(':'));
    let row = rows.get(prefix);
    if (row === undefined) {
      row = {
        bucketLength: bucketLength === undefined ? null : Number(bucketLength),
        size: Number(buckets ?? calls),
        cells: new Map(),
      };
      rows.set(prefix, row);
    }
    const index = Number(number);
    const cell = row.cells.get(index) ?? { calls: 0, failures: 0, slow: 0 };
    row.cells.set(index, cell);
    if (field === 'c') cell.calls += value;
    else if (field === 'f') cell.failures += value;
    else cell.slow += value;
  }
  return [...rows.values()]
    .map((row) => viewOfRow(row, now))
    .filter((view) => view.cells.some(({ calls }) => calls > 0))
    .sort((one, other) => other.cells.length - one.cells.length)
    .slice(0, mostWindows);
}

function viewOfRow({ bucketLength, size, cells }: Row, now: number): WindowView {
  if (bucketLength === null) {
    const newest = [...cells].sort(([one], [other]) => one - other).slice(-mostCells);
    return { kind: 'calls', length: size, cells: newest.map(([, cell]) => ({ from: null, ...cell })) };
  }
  const buckets = Math.min(size, mostCells);
  const head = Math.floor(now / bucketLength);
  const shown: WindowCell[] = Array.from({ length: buckets }, (_, index) => {
    const number = head - buckets + 1 + index;
    return { from: number * bucketLength, ...(cells.get(number) ?? { calls: 0, failures: 0, slow: 0 }) };
  });
  return { kind: 'time', length: bucketLength * size, cells: shown };
}
