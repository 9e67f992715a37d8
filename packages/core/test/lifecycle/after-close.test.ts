import { describe, expect, test } from '@jest/globals';
import type { FactoryOptions } from '@circuitry/core';
import { failing, Holding } from '../breaker/support/failing-backend.js';
import { fail, Fleet, isAdmitted, rejection, succeed } from '../breaker/support/fleet.js';

/** Work that says when it begins. */
function watched(): { began: number; work: () => string } {
  const seen = { began: 0, work: () => ((seen.began += 1), 'ran') };
  return seen;
}

describe('A call that is undecided when its factory closes is refused with ERR_CLOSED, and its work never begins', () => {
  const manners: [string, Partial<FactoryOptions>][] = [
    ['in strict mode', {}],
    ['in bounded mode', { consistency: { maxStaleness: 250 } }],
    ['in exclusive mode', { exclusive: true }],
    ["under mode: 'observe'", { mode: 'observe' }],
    ["under onStorageFailure: 'allow'", { onStorageFailure: 'allow' }],
  ];
  test.each(manners)('while it waits for its read, %s', async (_how, options) => {
    const fleet = new Fleet(options);
    const { breaker, backend, factory } = fleet.join();
    const reads = new Holding('retrieve');
    backend.conduct = reads.conduct;
    const seen = watched();
    const settling = breaker.settle(seen.work);
    const executing = rejection(breaker.execute(seen.work));
    const starting = rejection(breaker.start());
    await fleet.turn();
    const closing = factory.close();
    await fleet.turn();
    reads.letAllGo();
    await fleet.turn();
    await closing;
    expect(await settling).toMatchObject({ status: 'refused', code: 'ERR_CLOSED' });
    expect(await executing).toMatchObject({ code: 'ERR_CLOSED' });
    expect(await starting).toMatchObject({ code: 'ERR_CLOSED' });
    expect(seen.began).toBe(0);
    expect(fleet.clock.pending).toBe(0);
  });

  test.each(manners)('where the store never answers, %s', async (_how, options) => {
    const fleet = new Fleet(options);
    const { breaker, backend, factory } = fleet.join();
    backend.conduct = failing('hang');
    const seen = watched();
    const settling = breaker.settle(seen.work);
    await fleet.turn();
    const closing = factory.close();
    await fleet.clock.advance('30s');
    await closing;
    expect(await settling).toMatchObject({ status: 'refused', code: 'ERR_CLOSED' });
    expect(seen.began).toBe(0);
    expect(fleet.clock.pending).toBe(0);
  });

  test('takes no ticket where its read came after the close', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker, backend, factory } = fleet.join();
    await fail(breaker);
    await fleet.clock.advance('60s');
    const reads = new Holding('retrieve');
    backend.conduct = reads.conduct;
    const before = await fleet.record();
    const settling = breaker.settle(() => 'ran');
    await fleet.turn();
    const closing = factory.close();
    reads.letAllGo();
    await closing;
    expect(await settling).toMatchObject({ status: 'refused', code: 'ERR_CLOSED' });
    expect(await fleet.record()).toEqual(before);
  });

  test('while it waits for a ticket: one that comes later is given back', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker, backend, factory } = fleet.join();
    const other = fleet.join();
    await fail(breaker);
    await fleet.clock.advance('60s');
    const tickets = new Holding('store', 'apply');
    backend.conduct = tickets.conduct;
    const seen = watched();
    const settling = breaker.settle(seen.work);
    await fleet.turn();
    expect(tickets.size).toBe(1);
    const closing = factory.close();
    await fleet.turn();
    tickets.letGo();
    backend.conduct = (_call, make) => make();
    tickets.letAllGo();
    await fleet.turn();
    await closing;
    expect(await settling).toMatchObject({ status: 'refused', code: 'ERR_CLOSED' });
    expect(seen.began).toBe(0);
    // The round has its one trial back.
    expect((await other.breaker.information()).trials).toEqual({ started: 0, limit: 1 });
    expect(await isAdmitted(other.breaker)).toBe(true);
    expect(await breaker.settle(() => 1)).toMatchObject({ code: 'ERR_CLOSED' });
    await other.factory.close();
    expect(fleet.clock.pending).toBe(0);
  });

  test('while it waits for the exclusive lock: at once, and one that comes later is given back', async () => {
    const fleet = new Fleet({ exclusive: { lease: '30s', wait: '20s' } });
    const { breaker, factory } = fleet.join();
    const holder = fleet.join();
    const permit = await holder.breaker.start();
    const seen = watched();
    const waiting = breaker.settle(seen.work);
    await fleet.clock.advance('1s');
    await factory.close();
    expect(await waiting).toMatchObject({ status: 'refused', code: 'ERR_CLOSED' });
    await permit.succeed();
    await fleet.clock.advance('1s');
    expect(seen.began).toBe(0);
    // Nobody holds it.
    const next = fleet.join({ exclusive: { wait: 0 } });
    expect(await isAdmitted(next.breaker)).toBe(true);
    await holder.factory.close();
    await next.factory.close();
    expect(fleet.clock.pending).toBe(0);
  });

  test('while a lock is on its way: it is released when it comes', async () => {
    const fleet = new Fleet({ exclusive: { lease: '30s', wait: '20s' } });
    const { breaker, backend, factory } = fleet.join();
    const answers = new Holding('lock');
    // The store gives the lock; its answer is late.
    backend.conduct = async (call, make) => {
      const answer = await make();
      await answers.conduct(call, () => Promise.resolve());
      return answer;
    };
    const seen = watched();
    const settling = breaker.settle(seen.work);
    await fleet.turn();
    expect(answers.size).toBe(1);
    await factory.close();
    expect(await settling).toMatchObject({ status: 'refused', code: 'ERR_CLOSED' });
    answers.letAllGo();
    await fleet.turn();
    expect(backend.count('release')).toBe(1);
    expect(await isAdmitted(fleet.join({ exclusive: { wait: 0 } }).breaker)).toBe(true);
    expect(seen.began).toBe(0);
  });

  test("while it waits for this process's own lock, the store being down", async () => {
    const fleet = new Fleet({ exclusive: { lease: '30s', wait: '20s' } });
    const { breaker, backend, factory } = fleet.join();
    backend.conduct = failing('unreachable');
    const permit = await breaker.start();
    const seen = watched();
    const waiting = breaker.settle(seen.work);
    await fleet.clock.advance('1s');
    const closing = factory.close();
    await fleet.turn();
    expect(await waiting).toMatchObject({ status: 'refused', code: 'ERR_CLOSED' });
    await permit.succeed();
    await fleet.clock.advance('2s');
    await closing;
    expect(seen.began).toBe(0);
    expect(fleet.clock.pending).toBe(0);
  });
});

describe('A call whose circuit refuses it while its factory closes', () => {
  test.each(['enforce', 'observe'] as const)(
    'is refused with ERR_CLOSED, also where refusals do not hold: %s',
    async (mode) => {
      const fleet = new Fleet({ failureCountThreshold: 1, mode });
      const { breaker, backend, factory } = fleet.join();
      const other = fleet.join({ mode: 'enforce' });
      await fail(breaker);
      await fleet.clock.advance('60s');
      const rounds = new Holding('store');
      backend.conduct = rounds.conduct;
      const seen = watched();
      const settling = breaker.settle(seen.work);
      await fleet.turn();
      // Another worker begins the round, and takes its one trial.
      const trial = await other.breaker.start();
      const closing = factory.close();
      rounds.letAllGo();
      await closing;
      expect(await settling).toMatchObject({ status: 'refused', code: 'ERR_CLOSED' });
      expect(seen.began).toBe(0);
      await trial.succeed();
    },
  );

  test('has ERR_CLOSED at once in whichever turn that is, where it goes on to wait for this process’s own lock', async () => {
    for (let turns = 0; turns < 20; turns += 1) {
      const fleet = new Fleet({ exclusive: { lease: '30s', wait: '20s' } });
      const { breaker, backend, factory } = fleet.join();
      const fails = failing('unreachable', 'lock');
      const locks = new Holding('lock');
      backend.conduct = fails;
      const holder = await breaker.start();
      backend.conduct = (call, make) => locks.conduct(call, () => fails(call, make));
      await fleet.clock.advance('10s');
      const seen = watched();
      const waiting = breaker.settle(seen.work);
      await fleet.turn();
      expect(locks.size).toBe(1);
      locks.letGo();
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const closing = factory.close();
      await fleet.turn();
      const first = await Promise.race([waiting, fleet.turn()]);
      expect(first).toMatchObject({ status: 'refused', code: 'ERR_CLOSED' });
      expect(seen.began).toBe(0);
      await holder.succeed();
      await closing;
    }
  });
});

describe('Work that runs when its factory closes', () => {
  test.each([{}, { consistency: { maxStaleness: 250 } }, { exclusive: true }] as Partial<FactoryOptions>[])(
    'still reports its outcome: %j',
    async (options) => {
      const fleet = new Fleet(options);
      const { breaker, factory } = fleet.join();
      const failing = await breaker.start();
      await factory.close();
      await failing.fail(new Error('late, but true'));
      expect((await fleet.counters())['total.failures']).toBe(1);
      expect(fleet.clock.pending).toBe(0);
    },
  );

  test('as a trial still decides its round', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker, factory } = fleet.join();
    await fail(breaker);
    await fleet.clock.advance('60s');
    const trial = await breaker.start();
    await factory.close();
    await trial.succeed();
    expect((await fleet.record())?.state).toBe('closed');
    expect(fleet.clock.pending).toBe(0);
  });

  test('holds no timer that would keep the process alive once it is over', async () => {
    const fleet = new Fleet({ consistency: { maxStaleness: 250 } });
    const { breaker, factory } = fleet.join();
    await succeed(breaker, 5);
    await factory.close();
    expect(fleet.clock.pending).toBe(0);
    expect((await fleet.counters())['total.successes']).toBe(5);
  });
});

test('After the close no watch begins, whoever listens', async () => {
  const fleet = new Fleet({ consistency: { maxStaleness: 250 } });
  const { factory, backend } = fleet.join();
  let watches = 0;
  const watch = async (): Promise<() => Promise<void>> => {
    watches += 1;
    return async () => {};
  };
  Object.assign(backend, { watch });
  await factory.close();
  factory.on('observed', () => {});
  await fleet.turn();
  expect(watches).toBe(0);
});

test('A factory that is closed more than once stops watching once', async () => {
  const fleet = new Fleet({ consistency: { maxStaleness: 250 } });
  const { factory, backend } = fleet.join({}, 'c', false);
  let stops = 0;
  const watch = async () => async (): Promise<void> => void (stops += 1);
  Object.assign(backend, { watch });
  factory.on('observed', () => {});
  await Promise.all([factory.close(), factory.close()]);
  await factory[Symbol.asyncDispose]();
  expect(stops).toBe(1);
});
