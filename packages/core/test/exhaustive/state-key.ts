import { meetsExpectation, type CircuitRecord } from '@circuitry/core';
import { admit } from '../../src/machine/admission.js';
import { counter } from '../../src/machine/counter-names.js';
import { isCurrent } from '../../src/machine/fence.js';
import type { Rules } from '../../src/machine/rules.js';
import { decidedTransition } from '../../src/machine/transition.js';
import type { Fleet, Worker } from './model-fleet.js';

/**
 * A text that is equal for fleets that behave equally from here on, whatever their clocks and revisions say: so the
 * space is finite, and a search of it ends by itself.
 *
 * Left out, since nothing is decided by it here: generation, openings (allowAfter is constant), totals, `by`. Times are
 * taken from now on, and those beyond `horizon` ago are all as over as each other. Workers are interchangeable.
 */
export function keyOf(fleet: Fleet, rules: Rules, horizon: number): string {
  const workers = fleet.workers.map((worker) => workerKey(worker, fleet, rules, horizon)).sort();
  return `${recordKey(fleet.record, fleet.now, rules)}|${workers.join('|')}`;
}

function recordKey(record: CircuitRecord | null, now: number, rules: Rules): string {
  if (record === null) return '-';
  const { state, since, expiresAt, override } = record;
  if (override !== null) {
    return `${override.state}${override.until === null ? 'n' : Math.max(override.until - now, 0)}`;
  }
  const end = expiresAt === null ? 'n' : Math.max(expiresAt - now, 0);
  // Beginnings only grow, so a fence is either this record's or no future one's; but 0 takes in every closed fence.
  return `${state[0]}${end},${since === 0},${countersKey(record, now, rules)}`;
}

function countersKey({ counters }: CircuitRecord, now: number, rules: Rules): string {
  const count = (name: string): number => counters[name] ?? 0;
  const threshold = rules.trip.kind === 'consecutive-failures' ? rules.trip.threshold : 0;
  const deadline = Math.max(count(counter.trialsDeadline) - now, 0);
  const failures = Math.min(count(counter.consecutiveFailures), threshold);
  const trials = [counter.trialsStarted, counter.trialsLimit, counter.trialsSucceeded, counter.trialsFailed].map(count);
  return `${failures},${deadline},${trials.join(',')}`;
}

function workerKey(worker: Worker, fleet: Fleet, rules: Rules, horizon: number): string {
  if (worker.at === 'idle') return 'i';
  const { record, now } = fleet;
  const isFresh = worker.seen?.revision === record?.revision;
  const ago = 'seenAt' in worker ? Math.max(worker.seenAt - now, -horizon) : 0;
  switch (worker.at) {
    case 'returning':
      return `r${isFresh}`;
    case 'working': {
      const { fence, hasTicket, renewals, unsent } = worker;
      if (!isCurrent(fence, record)) return 'wl';
      return `w${isFresh}${hasTicket}${renewals}${unsent ?? ''}${endKey(worker.seen, now)}`;
    }
    case 'deciding': {
      const reason = decidedTransition(worker.seen, worker.seenAt, rules)?.reason ?? 'none';
      return isFresh ? `d${reason}${ago}` : 'dx';
    }
    case 'starting': {
      const answer = admit(worker.seen, worker.seenAt, rules);
      if (answer.kind === 'admit') return `sa${isFresh}${isFenced(worker.seen, record)}${endKey(worker.seen, now)}`;
      if (answer.kind === 'refuse') return 'sr';
      if (!isFresh) return 'sx';
      if (answer.kind === 'ticket') return `st${ago}`;
      const { reason, expect } = answer.transition;
      const counters = worker.seen === null ? '' : countersKey(worker.seen, now, rules);
      return `ss${reason}${ago},${counters}${meetsExpectation(record?.counters ?? {}, expect)}`;
    }
  }
}

/** How long until the clear of the record that an outcome will be written to. */
function endKey(seen: CircuitRecord | null, now: number): string {
  if (seen === null || seen.state !== 'closed' || seen.expiresAt === null) return '';
  return `e${Math.max(seen.expiresAt - now, 0)}`;
}

function isFenced(seen: CircuitRecord | null, record: CircuitRecord | null): boolean {
  return isCurrent(seen ?? { state: 'closed', since: 0 }, record);
}
