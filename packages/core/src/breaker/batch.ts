import type { CircuitRecord } from '../contract/record.js';
import type { Draft } from '../machine/draft.js';
import { sameFence, type Fence } from '../machine/fence.js';
import type { OutcomeTotals } from '../machine/outcome.js';
import type { Call } from './call.js';
import type { Circuit, SuccessBuffer } from './circuit.js';
import type { PendingEnd } from './reporter.js';

/** Outcomes of one fence that share a write. */
export interface Batch<Context> {
  readonly fence: Fence;
  /** The record that admitted the first of them. */
  readonly record: CircuitRecord | null;
  /** In order of arrival. */
  readonly ends: readonly PendingEnd<Context>[];
  /** Successes that came before them and waited in memory; null: none did. The ends are merged into it once. */
  readonly buffered: Draft | null;
  /** How many ends were merged into `buffered`. */
  merged: number | null;
  /** Trials that this process's own machine admitted. */
  readonly isLocalTrial: boolean;
}

/** Takes what goes next: the longest run of waiting ends that may share a write, behind the successes that waited. */
export function nextBatch<Context>(circuit: Circuit<Context>): Batch<Context> | null {
  const first = circuit.ends[0]?.call;
  const { buffer } = circuit;
  const goesAlone = first === undefined ? buffer?.isDue === true : buffer !== null && !isJoinedBy(buffer, first);
  if (buffer !== null && goesAlone) {
    circuit.buffer = null;
    return {
      fence: buffer.fence,
      record: buffer.record,
      ends: [],
      buffered: buffer.draft,
      merged: null,
      isLocalTrial: false,
    };
  }
  if (first === undefined) return null;
  circuit.buffer = null;
  return {
    fence: first.fence,
    record: first.record,
    ends: takeRun(circuit, first, buffer !== null),
    buffered: buffer === null ? null : buffer.draft,
    merged: null,
    isLocalTrial: isLocalTrial(first),
  };
}

/** What a batch holds: for the totals, should it never reach the store. */
export function totalsOf<Context>({ buffered, merged, ends }: Batch<Context>): OutcomeTotals {
  const totals = { failures: 0, successes: 0, ignored: 0, slow: 0, ...buffered?.totals };
  for (const outcome of ends.slice(merged ?? 0)) {
    if (outcome.kind === 'failure') totals.failures += 1;
    else if (outcome.kind === 'success') totals.successes += 1;
    else totals.ignored += 1;
    if (outcome.slow) totals.slow += 1;
  }
  return totals;
}

/**
 * @param joinsBuffer what waited is merged onto an older record, and never again: it can't tell when failures seen since
 *   make the next one trip. So no success may come behind it that would hide them.
 */
function takeRun<Context>(
  circuit: Circuit<Context>,
  first: Call<Context>,
  joinsBuffer: boolean,
): PendingEnd<Context>[] {
  const { ends } = circuit;
  let count = 1;
  while (count < ends.length && fits(ends[count] as PendingEnd<Context>, first, joinsBuffer)) count += 1;
  if (count < ends.length) return ends.splice(0, count);
  circuit.ends = [];
  return ends;
}

function fits<Context>({ call, kind }: PendingEnd<Context>, first: Call<Context>, joinsBuffer: boolean): boolean {
  if (joinsBuffer && kind === 'success') return false;
  return sameFence(first.fence, call.fence) && isLocalTrial(first) === isLocalTrial(call);
}

function isJoinedBy<Context>(buffer: SuccessBuffer, call: Call<Context>): boolean {
  return sameFence(buffer.fence, call.fence) && !isLocalTrial(call);
}

function isLocalTrial<Context>(call: Call<Context>): boolean {
  return call.decidedBy === 'local' && call.isTrial;
}
