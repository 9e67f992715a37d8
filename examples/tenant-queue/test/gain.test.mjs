import { expect, test } from '@jest/globals';
import { CircuitBreakerFactory, MemoryBackend } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { gainOf, tenantRow } from '../output/summary.mjs';
import { Coordinator } from '../queue/coordinator.mjs';
import { Tally } from '../queue/tally.mjs';
import { smallJobs, smallScenario } from './small-story.mjs';

const tenants = Object.keys(smallScenario.tenants);
const hang = { from: 4_000, until: 28_000, takes: 8_000 };

/**
 * The small story in virtual time, on a machine that is never late.
 *
 * @param {boolean} hasCircuits
 */
async function play(hasCircuits) {
  const time = new VirtualClock();
  const startedAt = time.now();
  const now = () => time.now() - startedAt;
  const clock = { timeScale: 1, now, after: time.after.bind(time) };
  const factory = new CircuitBreakerFactory({
    backend: new MemoryBackend({ clock: time }),
    clock: time,
    failureCountThreshold: 3,
    allowAfter: '4s',
    mode: hasCircuits ? 'enforce' : 'off',
  });
  const takes = (/** @type {number} */ ms) => new Promise((resolve) => void time.after(ms, () => resolve(undefined)));
  const coordinator = new Coordinator({
    jobs: smallJobs.split('\n').map((line) => ({ task: 'mail', ...JSON.parse(line) })),
    clock: /** @type {any} */ (clock),
    tally: new Tally(tenants),
    retry: { firstDelay: 1_000, longestDelay: 4_000, attempts: 50 },
    async run(job) {
      const settled = await factory.breakerFor(job.tenant).settle(async () => {
        const isDown = job.tenant === 'broken' && now() >= hang.from && now() < hang.until;
        await takes(isDown ? hang.takes : job.takes);
        if (isDown) throw new Error('no answer');
      });
      if (settled.status === 'fulfilled') return { outcome: 'done' };
      if (settled.status === 'rejected') return { outcome: 'failed', error: String(settled.reason) };
      return { outcome: 'refused', retryAfter: settled.retryAfter ?? null };
    },
  });
  coordinator.setCapacity(smallScenario.workers.processes * smallScenario.workers.jobsEach);
  let histories = /** @type {import('../queue/job-history.mjs').JobHistory[] | null} */ (null);
  void coordinator.run().then((all) => (histories = all));
  for (let second = 0; histories === null && second < 500; second += 1) await time.advance('1s');
  await factory.close();
  return {
    histories: /** @type {import('../queue/job-history.mjs').JobHistory[]} */ (/** @type {unknown} */ (histories)),
  };
}

test('With circuits the jobs of healthy tenants finish sooner, and the broken tenant wastes less of the workers', async () => {
  const [without, withCircuits] = [await play(false), await play(true)];
  const healthy = tenants.filter((tenant) => tenant !== 'broken');
  const faults = Object.fromEntries(
    tenants.map((tenant) => [tenant, { faults: healthy.includes(tenant) ? [] : [hang] }]),
  );
  const gain = gainOf(/** @type {any} */ ({ scenario: { tenants: faults }, without, withCircuits }));
  expect(gain.tenants).toEqual(healthy);
  expect(gain.jobs).toBe(150);
  expect(gain.mean).toBeGreaterThan(1_000);
  const [before, after] = [without, withCircuits].map(({ histories }) => tenantRow('broken', histories));
  expect([before?.done, after?.done]).toEqual([50, 50]);
  expect(after?.failed).toBeLessThan(/** @type {number} */ (before?.failed) / 2);
  expect(after?.wasted).toBeLessThan(/** @type {number} */ (before?.wasted) / 2);
  expect([before?.refused, /** @type {number} */ (after?.refused) > 0]).toEqual([0, true]);
});
