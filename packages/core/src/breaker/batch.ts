import type { CircuitRecord } from '../contract/record.js';
import type { Draft } from '../machine/draft.js';
import { sameFence, type Fence } from '../machine/fence.js';
import type { OutcomeTotals } from '../machine/outcome.js';
import type { Call } from './call.js';
import type { Circuit } from './circuit.js';
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
  if (buffer !== null && (first === undefined || !sameFence(buffer.fence, first.fence) || isLocalTrial(first))) {
    circuit.buffer = null;
    return { fence: buffer.fence, record: buffer.record, ends: [], buffered: buffer.draft, merged: null, isLocalTrial: false };
  }
  if (first === undefined) return null;
  circuit.buffer = null;
  return {
    fence: first.fence,
    record: first.record,
    ends: takeRun(circuit.ends, first),
    buffered: buffer === null ? null : buffer.draft,
    merged: null,
    isLocalTrial: isLocalTrial(first),
  };
}

/** What a batch holds: for the totals, should it never reach the store. */
export function totalsOf<Context>({ buffered, merged, ends }: Batch<Context>): OutcomeTotals {
  const totals = { failures: 0, successes: 0, ignored: 0, slow: 0, ...buffered?.totals };
  for (const { outcome } of ends.slice(merged ?? 0)) {
    if (outcome.kind === 'failure') totals.failures += 1;
    else if (outcome.kind === 'success') totals.successes += 1;
    else totals.ignored += 1;
    if (outcome.slow) totals.slow += 1;
  }
  return totals;
}

function takeRun<Context>(ends: PendingEnd<Context>[], first: Call<Context>): PendingEnd<Context>[] {
  let count = 1;
  while (count < ends.length && fits((ends[count] as PendingEnd<Context>).call, first)) count += 1;
  return ends.splice(0, count);
}

function fits<Context>(call: Call<Context>, first: Call<Context>): boolean {
  return sameFence(first.fence, call.fence) && isLocalTrial(first) === isLocalTrial(call);
}

function isLocalTrial<Context>(call: Call<Context>): boolean {
  return call.decidedBy === 'local' && call.isTrial;
}
