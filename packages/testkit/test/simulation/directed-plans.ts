import type { FleetPlan, JobPlan } from '../../src/simulation/plan/plan.js';

/** One that takes no time and is not given up. */
export const job: JobPlan = {
  at: 0,
  worker: 0,
  circuit: 0,
  duration: 0,
  form: 'execute',
  ignored: false,
  abortAfter: null,
};

/** Two workers whose clocks agree. */
export const quiet: Omit<FleetPlan, 'jobs' | 'faults' | 'latency'> = {
  seed: 1,
  workers: [
    { skew: 0, drift: 1 },
    { skew: 0, drift: 1 },
  ],
  circuits: 1,
  storeGivesTime: true,
  length: 12_000,
  settings: {
    threshold: 1,
    closing: 1,
    allowAfter: 200,
    trialLease: 1_000,
    cyclicClearAfter: null,
    maxStaleness: null,
    onStorageFailure: 'local',
  },
};

/** Starts while a read is on the wire that passed the store before the trip. */
export const startsBehindARead: FleetPlan = {
  ...quiet,
  latency: 300,
  settings: { ...quiet.settings, allowAfter: 3_000 },
  jobs: [
    { ...job, worker: 1, at: 0 },
    ...Array.from({ length: 120 }, (_, index) => ({ ...job, at: 50 + index * 10, duration: 2_500 })),
  ],
  faults: [{ kind: 'dependency', at: 0, length: 5_000, circuit: 0 }],
};

/** A job that outlived its state ends among others of the present one, while a write is on the wire. */
export const endsOfTwoStates: FleetPlan = {
  ...quiet,
  latency: 40,
  jobs: [
    { ...job, at: 0, duration: 2_500 },
    { ...job, worker: 1, at: 100 },
    { ...job, worker: 1, at: 800 },
    ...Array.from({ length: 60 }, (_, index) => ({ ...job, at: 2_440 + index * 2, duration: 20 })),
  ],
  faults: [{ kind: 'dependency', at: 90, length: 300, circuit: 0 }],
};

/**
 * Trials end just when another worker begins a further round: theirs stood still, and their leases were over before it went
 * on and reported them.
 */
export const endsAsARoundIsRenewed: FleetPlan = {
  ...quiet,
  latency: 60,
  settings: { ...quiet.settings, trialLease: 300, closing: { trials: 4, successRate: 0.75 } },
  jobs: [
    { ...job, worker: 1, at: 0 },
    ...Array.from({ length: 4 }, (_, index) => ({ ...job, at: 600 + index, duration: 150 })),
    ...Array.from({ length: 120 }, (_, index) => ({ ...job, worker: 1, at: 900 + index * 5, duration: 50 })),
  ],
  faults: [
    { kind: 'dependency', at: 0, length: 300, circuit: 0 },
    { kind: 'pause', at: 830, length: 390, worker: 0 },
  ],
};
