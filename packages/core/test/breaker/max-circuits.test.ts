import { describe, expect, test } from '@jest/globals';
import { failing } from './support/failing-backend.js';
import { fail, Fleet, refusal, succeed, type Worker } from './support/fleet.js';

/**
 * Whether the process still remembers a circuit: under an outage only what it remembers to be open refuses.
 * Asked last in a test.
 */
async function remembers(worker: Worker, circuit: string): Promise<boolean> {
  worker.backend.conduct = failing('unreachable');
  return (await worker.factory.breakerFor(circuit, {}).settle(() => 1)).status === 'refused';
}

async function openAll(worker: Worker, circuits: readonly string[]): Promise<void> {
  for (const circuit of circuits) await fail(worker.factory.breakerFor(circuit, {}));
}

describe('maxCircuits', () => {
  const options = { maxCircuits: 4, failureCountThreshold: 1 };

  test('a process remembers so many circuits; the least recently used go', async () => {
    for (const [circuit, expected] of [
      ['a', false],
      ['b', true],
      ['e', true],
    ] as const) {
      const worker = new Fleet(options).join({}, 'a');
      await openAll(worker, ['a', 'b', 'c', 'd', 'e']);
      expect(await remembers(worker, circuit)).toBe(expected);
    }
  });

  test('using a circuit keeps it', async () => {
    const worker = new Fleet(options).join({}, 'a');
    await openAll(worker, ['a', 'b', 'c', 'd']);
    await refusal(worker.factory.breakerFor('a', {}));
    await openAll(worker, ['e']);
    expect(await remembers(worker, 'a')).toBe(true);
  });

  test('a breaker that is kept and used keeps its circuit as well', async () => {
    const worker = new Fleet(options).join({}, 'a');
    await openAll(worker, ['a', 'b', 'c', 'd']);
    await refusal(worker.breaker);
    await openAll(worker, ['e']);
    expect(await remembers(worker, 'a')).toBe(true);
  });

  test('a circuit that was forgotten is read anew: nothing is lost but memory', async () => {
    const fleet = new Fleet(options);
    const worker = fleet.join({}, 'a');
    const breaker = worker.breaker;
    await fail(breaker);
    for (let tenant = 0; tenant < 20; tenant += 1) await succeed(worker.factory.breakerFor(`t${tenant}`, {}));
    expect((await refusal(breaker)).code).toBe('ERR_CIRCUIT_OPEN');
    expect(await breaker.state()).toBe('open');
  });

  test('a call of a circuit that is forgotten while it runs is counted all the same', async () => {
    const fleet = new Fleet({ maxCircuits: 1 });
    const worker = fleet.join({}, 'a');
    const permit = await worker.breaker.start();
    for (let tenant = 0; tenant < 10; tenant += 1) await succeed(worker.factory.breakerFor(`t${tenant}`, {}));
    await permit.fail();
    expect((await fleet.counters('a'))['total.failures']).toBe(1);
  });

  test('a circuit with a trial under way is not forgotten', async () => {
    const fleet = new Fleet({ ...options, allowAfter: '1s', trialLease: '9s' });
    const worker = fleet.join({}, 'a');
    await fail(worker.breaker);
    await fleet.clock.advance('1s');
    const trial = await worker.breaker.start();
    await openAll(worker, ['b', 'c', 'd', 'e', 'f', 'g']);
    await fleet.clock.advance('1m');
    await trial.succeed();
    expect(await worker.breaker.state()).toBe('closed');
  });

  test('a circuit with a machine of its own during an outage is not forgotten', async () => {
    const worker = new Fleet(options).join({}, 'a');
    worker.backend.conduct = failing('unreachable');
    await fail(worker.breaker);
    for (let tenant = 0; tenant < 10; tenant += 1) await succeed(worker.factory.breakerFor(`t${tenant}`, {}));
    expect((await refusal(worker.factory.breakerFor('a', {}))).code).toBe('ERR_CIRCUIT_OPEN');
  });

  test('an outage of any length keeps no more than four times as many', async () => {
    const worker = new Fleet({ ...options, maxCircuits: 10 }).join({}, 'a');
    worker.backend.conduct = failing('unreachable');
    await fail(worker.breaker);
    for (let tenant = 0; tenant < 200; tenant += 1) await fail(worker.factory.breakerFor(`t${tenant}`, {}));
    let remembered = 0;
    for (let tenant = 199; tenant >= 0; tenant -= 1) {
      // A circuit that was forgotten begins afresh, and this probe counts it.
      if ((await worker.factory.breakerFor(`t${tenant}`, {}).settle(() => 1)).status === 'refused') remembered += 1;
      else break;
    }
    expect(remembered).toBeGreaterThan(0);
    expect(remembered).toBeLessThanOrEqual(40);
  });
});
