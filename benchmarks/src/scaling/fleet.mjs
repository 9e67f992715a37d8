import { MemoryBackend } from '@circuitry/core';
import { simulateFleet } from '@circuitry/testkit';
import { seeded } from '../items/tenants/zipf.mjs';

/** ms; how long a message takes at most, and what a job's work takes */
const latency = 2;
const duration = 20;
/** ms; longer than any run: nobody tries the dependency again before it is over */
const allowAfter = 600_000;

/**
 * One circuit and a whole fleet on virtual time, each worker with the real core: what it sends to the store, and where a
 * dependency fails, when the last worker let a call in after the circuit had opened.
 *
 * @param {object} load
 * @param {number} load.workers
 * @param {number} load.perSecond calls of one worker, at random moments
 * @param {number} load.seconds
 * @param {number} [load.from] what is counted begins then, s: views and records are there; default 0
 * @param {object} [load.settings] of the factories, as the fleet simulator takes them
 * @param {number} [load.failsAt] when the dependency fails, s; default never
 * @returns {Promise<{ calls: number, reads: number, writes: number, violations: number, trip: null | { lastAdmission: number, admitted: number } }>}
 *   reads and writes for each call; ms and calls after the store had the circuit open
 */
export async function simulate({ workers, perSecond, seconds, from = 0, settings = {}, failsAt = null }) {
  const length = seconds * 1_000;
  const jobs = drawJobs({ workers, perSecond, length });
  const store = new Counts(from * 1_000, length);
  const report = await simulateFleet({
    shrink: false,
    backend: (clock) => store.around(new MemoryBackend({ clock }), clock),
    plan: {
      seed: 1,
      workers: Array.from({ length: workers }, () => ({ skew: 0, drift: 1 })),
      circuits: 1,
      storeGivesTime: true,
      latency,
      length,
      settings: { ...usual, ...settings },
      jobs,
      faults: failsAt === null ? [] : [{ kind: 'dependency', at: failsAt * 1_000, length, circuit: 0 }],
    },
  });
  const calls = jobs.filter(({ at }) => at >= from * 1_000).length;
  return {
    calls,
    reads: store.reads / calls,
    writes: store.writes / calls,
    violations: report.violations.length,
    trip: store.openedAt === null ? null : afterTrip(report.trace, store.openedAt, length),
  };
}

const usual = {
  threshold: 5,
  closing: 1,
  allowAfter,
  trialLease: 1_000,
  cyclicClearAfter: null,
  maxStaleness: null,
  onStorageFailure: 'local',
};

/** What reaches the store between two moments, ms from the start; what the simulator does later to heal it is not counted. */
class Counts {
  reads = 0;
  writes = 0;
  /** When the store first had the circuit open, ms from the start; null: never. */
  openedAt = null;
  #from;
  #until;

  constructor(from, until) {
    this.#from = from;
    this.#until = until;
  }

  around(backend, clock) {
    const begun = clock.now();
    const count = (field) => {
      const at = clock.now() - begun;
      if (at >= this.#from && at < this.#until) this[field] += 1;
    };
    const { retrieve, apply, store } = backend;
    backend.retrieve = (...words) => {
      count('reads');
      return retrieve.apply(backend, words);
    };
    backend.apply = (...words) => {
      count('writes');
      return apply.apply(backend, words);
    };
    backend.store = async (...words) => {
      count('writes');
      const change = await store.apply(backend, words);
      if (change.applied && words[2].state === 'open') this.openedAt ??= clock.now() - begun;
      return change;
    };
    return backend;
  }
}

/** Each worker's calls come independently of each other: a Poisson process. */
function drawJobs({ workers, perSecond, length }) {
  const random = seeded(7);
  const jobs = [];
  for (let worker = 0; worker < workers; worker += 1) {
    let at = (-Math.log(1 - random()) / perSecond) * 1_000;
    for (; at < length; at += (-Math.log(1 - random()) / perSecond) * 1_000) {
      jobs.push({
        at: Math.round(at),
        worker,
        circuit: 0,
        duration,
        form: 'execute',
        ignored: false,
        abortAfter: null,
      });
    }
  }
  return jobs.sort((one, other) => one.at - other.at);
}

/** The simulator tells of each work that begins: `   1234 ms  w17    c0 works`. */
function afterTrip(trace, openedAt, length) {
  const begun = [...trace.matchAll(/^ *(\d+) ms {2}w\d+ +c0 works/gm)].map(([, at]) => Number(at));
  const late = begun.filter((at) => at > openedAt && at < length);
  return { lastAdmission: late.length === 0 ? 0 : late.at(-1) - openedAt, admitted: late.length };
}
