import { failureRate } from '@circuitry/core';

const rate = (window) => ({ trip: failureRate({ threshold: 0.5, minimumCalls: 20, ...window }) });
const minute = 60_000;
const timed = (buckets, filled = buckets) => ({
  id: `time-${buckets}-${filled}`,
  name: `60 s, ${buckets} ${buckets === 1 ? 'bucket' : 'buckets'}${filled === buckets ? '' : `, ${filled} of them in use`}`,
  options: rate({ window: minute, buckets }),
  /** Calls before the measurement, and how much time passes with each, ms. */
  calls: filled,
  step: minute / buckets,
});
const counted = (calls) => ({
  id: `calls-${calls}`,
  name: `the last ${calls.toLocaleString('en-US')} calls`,
  options: rate({ window: { calls } }),
  calls,
  step: 0,
});

/** What is compared: no window, windows of time by their buckets, windows of calls by their length. */
export const variants = [
  { id: 'none', name: 'no window (consecutive failures)', options: {}, calls: 1, step: 0 },
  timed(1),
  timed(10),
  timed(100, 10),
  timed(100, 50),
  timed(100),
  counted(100),
  counted(1_000),
  counted(10_000),
];
