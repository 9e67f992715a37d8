import { setImmediate as turn } from 'node:timers/promises';
import { measure } from 'mitata';

/**
 * What one awaited call costs, one after the other: wall time by mitata, and processor time of the whole process,
 * which on a busy machine is the steadier of the two.
 *
 * Calls are timed by the hundred or thousand, with one turn of the event loop behind each such sample, for everybody
 * alike: a loop that never yields would keep a client's socket from being read.
 *
 * @param {() => unknown} call
 * @param {{ milliseconds: number, callsPerSample?: number }} options `milliseconds`: how long to measure
 * @returns {Promise<{ wall: number, wallBest: number, cpu: number, calls: number }>} ns per call: the median sample, the
 *   best sample, processor time
 */
export async function timeCalls(call, { milliseconds, callsPerSample = 1_000 }) {
  let calls = 0;
  // µs; read around the samples alone: mitata's own preparations are nobody's cost.
  let processor = 0;
  const sample = async () => {
    const before = process.cpuUsage();
    for (let index = 0; index < callsPerSample; index += 1) await call();
    await turn();
    const { user, system } = process.cpuUsage(before);
    calls += callsPerSample;
    processor += user + system;
  };
  // The compiler is done with it before anything is timed.
  const warmUntil = performance.now() + milliseconds / 2;
  do await sample();
  while (performance.now() < warmUntil);

  calls = 0;
  processor = 0;
  // Without gc: where none is exposed, mitata would allocate a gigabyte to provoke one.
  const timed = await measure(sample, { min_cpu_time: milliseconds * 1e6, min_samples: 5, gc: false });
  return {
    wall: timed.p50 / callsPerSample,
    wallBest: timed.min / callsPerSample,
    cpu: (processor * 1_000) / calls,
    calls,
  };
}
