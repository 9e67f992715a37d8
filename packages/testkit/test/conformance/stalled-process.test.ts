import { describe, expect, test } from '@jest/globals';
import { MemoryBackend, type StorageBackend } from '@circuitry/core';
import { clauses, type StorageHarness } from '../../src/index.js';
import { runVirtually, virtualClock } from '../virtual-time.js';

/** How long the process stands still, ms: a shared machine can do that. */
const stall = 1_000;
/** Clauses whose checks set short times and act within them. */
const timed = clauses.map(({ id }) => id).filter((id) => /^[TLC]/.test(id));
/** As many calls as the longest of them makes, twice: a stall comes before a call, or with its answer. */
const moments = 80;

/** MemoryBackend in a process that stands still once, at one of those moments. */
function stallingHarness(at: number): StorageHarness {
  let moment = 0;
  const standStill = (): void => {
    moment += 1;
    if (moment === at) virtualClock.step(stall);
  };
  const stalling = (backend: StorageBackend): StorageBackend =>
    new Proxy(backend, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          standStill();
          const answer: unknown = value.apply(target, args);
          return answer instanceof Promise ? answer.finally(standStill) : answer;
        };
      },
    });
  return {
    open() {
      const memory = new MemoryBackend({ clock: virtualClock });
      return { connect: () => stalling(memory.connect()), close: () => memory.close() };
    },
  };
}

describe('A right backend whose process stands still for a second', () => {
  test.each(timed)('is not blamed by %s, whenever that is', async (id) => {
    const blamed: string[] = [];
    for (let at = 1; at <= moments; at += 1) {
      const { results } = await runVirtually(stallingHarness(at), { seed: 7, only: [id] });
      const failed = results.filter(({ outcome }) => outcome === 'failed');
      blamed.push(...failed.map(({ explanation }) => `at moment ${at}: ${explanation}`));
    }
    expect(blamed).toEqual([]);
  });
});
