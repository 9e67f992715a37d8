import { expect, test } from '@jest/globals';
import { describeStorageBackend, runConformance } from '../../src/index.js';
import { memoryHarness } from '../harnesses.js';

describeStorageBackend('MemoryBackend', memoryHarness());
describeStorageBackend('MemoryBackend with a clock', memoryHarness(true));

test('a whole run against MemoryBackend takes less than 10 seconds and passes', async () => {
  const began = performance.now();
  const report = await runConformance(memoryHarness(), { seed: 1 });
  expect(report.results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  expect(report).toMatchObject({ passed: true, seed: 1 });
  expect(performance.now() - began).toBeLessThan(10_000);
}, 30_000);
