import { describe, expect, test } from '@jest/globals';
import { describeStorageBackend, runConformance } from '../../src/index.js';
import { cuttableHarness, memoryHarness } from '../harnesses.js';

describeStorageBackend('MemoryBackend behind a connection that is refused', cuttableHarness('refuse'));

describe('runConformance', () => {
  test('passes MemoryBackend in less than 10 seconds', async () => {
    const began = performance.now();
    const report = await runConformance(memoryHarness(), { seed: 1 });
    expect(report.results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(report).toMatchObject({ passed: true, seed: 1 });
    expect(performance.now() - began).toBeLessThan(10_000);
  }, 30_000);

  test('passes MemoryBackend with a clock of its own', async () => {
    expect(await runConformance(memoryHarness(true), { seed: 2 })).toMatchObject({ passed: true });
  }, 30_000);

  test('skips nothing, and passes, behind a connection that hangs during an outage', async () => {
    const report = await runConformance(cuttableHarness('hang'), { seed: 3 });
    expect(report.results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  }, 60_000);
});
