import { MemoryBackend } from '@circuitry/core';
import { describe, expect, test } from '@jest/globals';
import { runConformance, type StorageHarness } from '../../src/index.js';
import { memoryHarness } from '../harnesses.js';

const store = new MemoryBackend();
const whole = { connect: () => store.connect(), close: () => {} };
const fails = (message: string) => (): never => {
  throw new Error(message);
};
const opening = (opened: unknown): unknown => ({ open: () => opened });

describe('a harness at fault', () => {
  const faults: readonly (readonly [string, unknown, string])[] = [
    ['that is missing', undefined, 'The harness is misshapen'],
    ['without open', {}, 'open must be a function'],
    ['whose open throws', { open: fails('no server') }, 'open() threw: no server'],
    ['whose open answers nothing', opening(undefined), 'What open() answered is misshapen'],
    ['without connect and close', opening({}), 'connect must be a function; close must be a function'],
    ['whose connect throws', opening({ ...whole, connect: fails('no port') }), 'connect() threw: no port'],
    ['whose connect answers nothing', opening({ ...whole, connect: () => null }), 'must be a backend'],
    [
      'whose connect answers one object twice',
      opening({ ...whole, connect: () => store }),
      'answered the same object twice',
    ],
    ['whose close throws', opening({ ...whole, close: fails('still busy') }), 'close() threw: still busy'],
    ['whose outage has no end', opening({ ...whole, outage: { begin: () => {} } }), 'outage'],
    [
      'whose outage throws',
      opening({ ...whole, outage: { begin: fails('no such container'), end: () => {} } }),
      'outage.begin() threw: no such container',
    ],
  ];
  test.each(faults)('%s is told so before any clause is blamed', async (_, harness, words) => {
    const { passed, results } = await runConformance(harness as StorageHarness, { only: ['R1', 'S2'] });
    expect(passed).toBe(false);
    expect(results.map(({ clause, outcome }) => [clause, outcome])).toEqual([
      ['harness', 'failed'],
      ['R1', 'skipped'],
      ['S2', 'skipped'],
    ]);
    expect(results[0]?.explanation).toContain(words);
  });

  test('whose corrupt throws is told so beside the check that it kept from a verdict', async () => {
    const harness = opening({ ...whole, corrupt: fails('read-only') }) as StorageHarness;
    const { results } = await runConformance(harness, { only: ['E3'] });
    expect(results.map(({ clause, outcome }) => [clause, outcome])).toEqual([
      ['harness', 'failed'],
      ['E3', 'skipped'],
      ['harness', 'failed'],
      ['E3', 'skipped'],
    ]);
    expect(results[0]?.explanation).toContain('corrupt() threw: read-only');
  });
});

describe('runConformance', () => {
  test('refuses a clause, a repeat or a seed that makes no sense', async () => {
    await expect(runConformance(memoryHarness(), { only: ['Z9'] })).rejects.toThrow(/unknown clauses: Z9/);
    await expect(runConformance(memoryHarness(), { only: [] })).rejects.toThrow(RangeError);
    await expect(runConformance(memoryHarness(), { repeat: 0 })).rejects.toThrow(/repeat/);
    await expect(runConformance(memoryHarness(), { seed: 1.5 })).rejects.toThrow(/seed/);
  });

  test('repeats a check under seeds that follow on each other, and names the one that failed', async () => {
    let runs = 0;
    const harness: StorageHarness = {
      open() {
        const memory = new MemoryBackend();
        const connect = (): MemoryBackend => {
          const handle = memory.connect();
          const retrieve = handle.retrieve.bind(handle);
          // Wrong in the third run of the check only.
          handle.retrieve = async (name, options) => {
            const reading = await retrieve(name, options);
            return runs === 4 && reading.record === null ? { record: { ...fresh } } : reading;
          };
          return handle;
        };
        runs += 1;
        return { connect, close: () => memory.close() };
      },
    };
    const { results, seed } = await runConformance(harness, { only: ['R1'], repeat: 10, seed: 100 });
    expect(seed).toBe(100);
    expect(results[0]?.explanation).toContain('See it again:   --only R1 --seed 102');
  });

  test('tells each result as it comes', async () => {
    const told: string[] = [];
    await runConformance(memoryHarness(), {
      only: ['R1', 'A2', 'E2'],
      onResult: ({ clause, outcome }, { done, all }) => void told.push(`${clause} ${outcome} ${done}/${all}`),
    });
    expect(told.sort()).toEqual(
      ['A2 passed 3/3', 'E2 skipped 1/3', 'R1 passed 2/3']
        .sort()
        .map((line) => expect.stringMatching(line.slice(0, 9))),
    );
  });
});

const fresh = {
  revision: 1,
  state: 'closed',
  generation: 0,
  openings: 0,
  since: 0,
  expiresAt: null,
  override: null,
  by: '',
  lastFailure: null,
  counters: {},
} as const;
