import { expect, test } from '@jest/globals';
import { CircuitBreakerFactory, MemoryBackend } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { Coordinator } from '../queue/coordinator.mjs';
import { Tally } from '../queue/tally.mjs';

const tenant = 'globex';
const jobs = 10_000;

/**
 * The demo's queue with 10,000 jobs of a tenant whose provider is down for the first half minute, in virtual time.
 *
 * @param {number | null} retryPace
 */
async function story(retryPace) {
  const time = new VirtualClock();
  const startedAt = time.now();
  const now = () => time.now() - startedAt;
  const clock = { timeScale: 1, now, after: time.after.bind(time) };
  const factory = new CircuitBreakerFactory({
    backend: new MemoryBackend({ clock: time }),
    clock: time,
    allowAfter: '60s',
    retryJitter: 0,
    retryPace,
  });
  const breaker = factory.breakerFor('deliver');
  /** How many jobs came back in which second. */
  const back = /** @type {Map<number, number>} */ (new Map());
  const seen = /** @type {Set<string>} */ (new Set());

  const takes = (/** @type {number} */ ms) => new Promise((resolve) => void time.after(ms, () => resolve(undefined)));
  const coordinator = new Coordinator({
    jobs: Array.from({ length: jobs }, (_, id) => ({
      id: String(id),
      tenant,
      at: 0,
      takes: 1_000,
      bytes: 1,
      task: 'mail',
    })),
    clock: /** @type {any} */ (clock),
    tally: new Tally([tenant]),
    retry: { firstDelay: 5_000, longestDelay: 30_000, attempts: 50 },
    async run(job) {
      if (seen.has(job.id)) back.set(Math.ceil(now() / 1_000), (back.get(Math.ceil(now() / 1_000)) ?? 0) + 1);
      const settled = await breaker.settle(async () => {
        if (now() < 30_000) throw new Error('HTTP 503');
        await takes(job.takes);
      });
      if (settled.status === 'fulfilled') return { outcome: 'done' };
      if (settled.status === 'rejected') return { outcome: 'failed', error: String(settled.reason) };
      seen.add(job.id);
      return { outcome: 'refused', retryAfter: settled.retryAfter ?? null };
    },
  });
  coordinator.setCapacity(100);
  let histories = /** @type {import('../queue/job-history.mjs').JobHistory[] | null} */ (null);
  void coordinator.run().then((all) => (histories = all));
  for (let second = 0; histories === null && second < 2_000; second += 1) await time.advance('1s');
  const all = /** @type {import('../queue/job-history.mjs').JobHistory[]} */ (/** @type {unknown} */ (histories));
  await factory.close();
  return {
    done: all.filter(({ finishedAt }) => finishedAt !== null).length,
    refused: all.reduce((sum, each) => sum + each.refused, 0),
    mostInASecond: Math.max(...back.values()),
    last: Math.max(...all.map(({ finishedAt }) => finishedAt ?? Infinity)),
  };
}

test('10,000 refused jobs of one tenant come back at the pace that was set, and almost none is refused again', async () => {
  const herd = await story(null);
  const paced = await story(50);
  process.stdout.write(
    `10,000 jobs: as a herd ${herd.refused} refusals, at 50 a second ${paced.refused}: ${herd.refused - paced.refused} spared\n`,
  );
  expect([herd.done, paced.done]).toEqual([jobs, jobs]);
  // All but the five that opened the circuit are refused once.
  expect(herd.mostInASecond).toBeGreaterThan(9_000);
  expect(herd.refused).toBeGreaterThan(19_000);
  // Those that the one trial held off for its second come once more, among the others.
  expect(paced.mostInASecond).toBeLessThanOrEqual(2 * 50);
  expect(paced.refused).toBeLessThan(10_100);
  // Whoever is last came at that pace, not at the end of a queue of refusals.
  expect(paced.last).toBeGreaterThanOrEqual(60_000 + (jobs / 50) * 1_000 - 1_000);
});
