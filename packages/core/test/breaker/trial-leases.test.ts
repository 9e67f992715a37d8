import { beforeEach, describe, expect, test } from '@jest/globals';
import { failing } from './support/failing-backend.js';
import { fail, Fleet, isAdmitted, refusal, succeed, t0, type Worker } from './support/fleet.js';

describe('A trial’s lease', () => {
  let fleet: Fleet;
  let one: Worker;
  let two: Worker;
  const deadline = async (): Promise<number> => ((await fleet.counters())['trials.deadline'] ?? 0) - t0;

  beforeEach(async () => {
    fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '60s', trialLease: '60s', longestTrial: '5m' });
    one = fleet.join();
    two = fleet.join();
    await fail(one.breaker);
    await fleet.clock.advance('60s');
  });

  test('is renewed every third of it while the work runs', async () => {
    const trial = await one.breaker.start();
    expect(await deadline()).toBe(120_000);
    await fleet.clock.advance(19_999);
    expect(await deadline()).toBe(120_000);
    await fleet.clock.advance(1);
    expect(await deadline()).toBe(140_000);
    await fleet.clock.advance('20s');
    expect(await deadline()).toBe(160_000);
    await trial.succeed();
  });

  test('holds its round for as long as it is renewed', async () => {
    const trial = await one.breaker.start();
    await fleet.clock.advance('4m');
    expect((await refusal(two.breaker)).code).toBe('ERR_TOO_MANY_TRIALS');
    await trial.succeed();
    expect(await two.breaker.state()).toBe('closed');
  });

  test('of a hung trial in a living worker is given up after longestTrial, and the fleet tries again', async () => {
    const given: unknown[] = [];
    one.factory.on('trialGivenUp', (event) => given.push(event));
    void one.breaker.settle(() => new Promise(() => {}));
    await fleet.clock.advance('280s');
    expect(await isAdmitted(two.breaker)).toBe(false);
    expect(given).toEqual([]);
    // Its ticket is given back then.
    await fleet.clock.advance('20s');
    expect(given).toMatchObject([{ name: 'c', duration: 300_000 }]);
    await succeed(two.breaker);
    expect(await two.breaker.state()).toBe('closed');
    await fleet.clock.advance('1m');
    expect(fleet.clock.pending).toBe(0);
  });

  test('of a trial that hangs is 20 leases long where nobody says', async () => {
    const other = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', trialLease: '3s' });
    const { breaker, backend } = other.join();
    await fail(breaker);
    await other.clock.advance('1s');
    void breaker.settle(() => new Promise(() => {}));
    await other.clock.advance('1h');
    // 59 renewals, and the ticket's return.
    expect(backend.count('apply')).toBe(60);
  });

  test('of a dead worker ends by itself, and whoever comes next begins a new round', async () => {
    one.backend.conduct = failing('unreachable');
    await two.breaker.start();
    two.backend.conduct = failing('unreachable');
    const three = fleet.join();
    await fleet.clock.advance(59_999);
    expect(await isAdmitted(three.breaker)).toBe(false);
    await fleet.clock.advance(1);
    await succeed(three.breaker);
    expect(fleet.changes).toEqual(['closed>open', 'open>half-open', 'half-open>closed']);
  });

  test('survives a renewal that fails, and the next one is made all the same', async () => {
    const trial = await one.breaker.start();
    one.backend.conduct = failing('unreachable', 'apply');
    await fleet.clock.advance('20s');
    one.backend.conduct = (_call, make) => make();
    await fleet.clock.advance('20s');
    expect(await deadline()).toBe(160_000);
    await trial.succeed();
    expect(await one.breaker.state()).toBe('closed');
  });

  test('is renewed no more once its round is over', async () => {
    await one.breaker.start();
    fleet.clock.step(60_000);
    const next = await two.breaker.start();
    await next.succeed();
    await fleet.clock.advance('30s');
    const renewals = one.backend.count('apply');
    await fleet.clock.advance('10m');
    expect(one.backend.count('apply')).toBe(renewals);
    expect(fleet.clock.pending).toBe(0);
  });

  test('is renewed no more once the trial has ended or was given back', async () => {
    await (await one.breaker.start()).ignore();
    {
      await using unused = await one.breaker.start();
      void unused;
    }
    await fleet.clock.advance('2s');
    expect(fleet.clock.pending).toBe(0);
  });

  test('a renewal adds nothing to any count', async () => {
    const trial = await one.breaker.start();
    const before = await fleet.counters();
    await fleet.clock.advance('100s');
    const { 'trials.deadline': _old, ...others } = before;
    const { 'trials.deadline': _new, ...now } = await fleet.counters();
    expect(now).toEqual(others);
    await trial.succeed();
  });
});
