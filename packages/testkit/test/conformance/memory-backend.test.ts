import { describe, expect, test } from '@jest/globals';
import { describeStorageBackend, runConformance } from '../../src/index.js';
import { cuttableHarness, memoryHarness } from '../harnesses.js';
import { runVirtually, virtualClock } from '../virtual-time.js';

describeStorageBackend('MemoryBackend behind a connection that can be cut', cuttableHarness());

describe('runConformance', () => {
  test('passes MemoryBackend', async () => {
    const report = await runConformance(memoryHarness(), { seed: 1 });
    expect(report.results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(report).toMatchObject({ passed: true, seed: 1 });
  });

  test('waits for less than 10 seconds in all, even where it looks at outages', async () => {
    const { passed, waited } = await runVirtually(cuttableHarness('both', virtualClock), { seed: 1 });
    expect(passed).toBe(true);
    // What a run computes comes on top: a fraction of a second on an idle machine, and no fixed time on any other.
    expect(waited).toBeLessThan(8_000);
  });

  test('passes MemoryBackend with a clock of its own', async () => {
    expect(await runVirtually(memoryHarness(virtualClock), { seed: 2 })).toMatchObject({ passed: true });
  });

  test('skips nothing, and passes, behind a connection that hangs during an outage', async () => {
    const { results } = await runVirtually(cuttableHarness('hang', virtualClock), { seed: 3 });
    expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  });
});
