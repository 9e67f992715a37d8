import { meetsExpectation, type CircuitRecord, type Counters } from '@circuitry/core';
import { counter } from '../../src/machine/facts/counter-names.js';
import { waitOf, waitsIn } from '../../src/machine/record/ends.js';
import { givenUpFenceOf, isCurrent } from '../../src/machine/record/fence.js';
import type { Fleet, Worker } from './model-fleet.js';

/**
 * A text that is equal for fleets that behave equally from here on, whatever their clocks and revisions say: so the
 * space is finite, and a search of it ends by itself.
 *
 * Left out, since nothing is decided by it here: generation, openings (allowAfter is constant), totals, `by`. Times are
 * taken from now on, and those beyond `horizon` ago are all as over as each other. Workers are interchangeable.
 */
export function keyOf(fleet: Fleet, horizon: number): string {
  const workers = fleet.workers.map((worker) => workerKey(worker, fleet, horizon)).sort();
  return `${recordKey(fleet.record, fleet.now)}|${workers.join('|')}`;
}

function recordKey(record: CircuitRecord | null, now: number): string {
  if (record === null) return '-';
  const { state, since, expiresAt, override } = record;
  if (override !== null) {
    return `${override.state}${override.until === null ? 'n' : Math.max(override.until - now, 0)}`;
  }
  const end = expiresAt === null ? 'n' : Math.max(expiresAt - now, 0);
  // Beginnings only grow, so a fence is either this record's or no future one's; but 0 takes in every closed fence.
  return `${state[0]}${end},${since === 0},${countersKey(record, now)}`;
}

/** More failures in a row than any fleet's rule here asks for are as many. */
const enough = 2;

function countersKey({ counters }: CircuitRecord, now: number): string {
  const count = (name: string): number => counters[name] ?? 0;
  const deadline = Math.max(count(counter.trialsDeadline) - now, 0);
  const told = waitsKey(counters, now);
  const failures = Math.min(count(counter.consecutiveFailures), enough);
  const trials = [counter.trialsStarted, counter.trialsLimit, counter.trialsSucceeded, counter.trialsFailed].map(count);
  return `${failures},${deadline},${told},${trials.join(',')}`;
}

/** What is known of the waits that were told and are not over, whoever knows it: a record, or a worker of one that he read. */
function waitsKey(counters: Counters | undefined, now: number): string {
  const waits = Object.entries(waitsIn(counters ?? {})).map(([name, value]) => {
    if (name === counter.toldUntil) return `u${Math.max(value - now, 0)}`;
    return waitOf(name) > now ? `w${waitOf(name) - now}x${value}` : '';
  });
  return waits.sort().join('');
}

function workerKey(worker: Worker, fleet: Fleet, horizon: number): string {
  if (worker.at === 'idle') return 'i';
  const { record, now } = fleet;
  const ago = 'seenAt' in worker ? Math.max(worker.seenAt - now, -horizon) : 0;
  switch (worker.at) {
    case 'working': {
      const { end, hasTicket, renewals, unsent } = worker;
      if (!isCurrent(end.fence, record)) return isOfIncident(worker, record) ? `wg${renewals}` : 'wl';
      const isFresh = end.base?.revision === record?.revision;
      const known = waitsKey(end.base?.counters, now);
      const kind = `${isFresh}${known}${hasTicket}${end.fence.incident === undefined}${end.tries === 0}`;
      return `w${kind}${renewals}${unsent ?? ''}${endKey(end.base, now)}`;
    }
    case 'deciding': {
      const { reason, before, next, expect } = worker.transition;
      const end = Math.max((next.expiresAt ?? now) - now, -horizon);
      return before?.revision === record?.revision ? `d${reason}${ago},${end},${waitsKey(expect, now)}` : 'dx';
    }
    case 'starting': {
      const { step, seen } = worker;
      const isFresh = seen?.revision === record?.revision;
      if (step.kind === 'admit') return `sa${isFresh}${isFenced(seen, record)}${endKey(seen, now)}`;
      if (step.kind === 'refuse') return 'sr';
      if (step.kind === 'give-back') return `sb${isFresh}`;
      if (!isFresh) return 'sx';
      if (step.kind === 'ticket') return `st${ago}`;
      const { reason, expect } = step.transition;
      const counters = seen === null ? '' : countersKey(seen, now);
      return `ss${reason}${ago},${counters}${meetsExpectation(record?.counters ?? {}, expect)}`;
    }
  }
}

/** Whether the outcome of a trial whose round is over will count again once it is given up. */
function isOfIncident({ end, hasTicket }: Extract<Worker, { at: 'working' }>, record: CircuitRecord | null): boolean {
  return hasTicket && end.base !== null && isCurrent(givenUpFenceOf(end.base), record);
}

/** How long until the clear of the record that an outcome will be written to. */
function endKey(seen: CircuitRecord | null, now: number): string {
  if (seen === null || seen.state !== 'closed' || seen.expiresAt === null) return '';
  return `e${Math.max(seen.expiresAt - now, 0)}`;
}

function isFenced(seen: CircuitRecord | null, record: CircuitRecord | null): boolean {
  return isCurrent(seen ?? { state: 'closed', since: 0 }, record);
}
