import { describe, expect, test } from '@jest/globals';
import type { CircuitRecord } from '@circuitry/core';
import type { WatchEvent } from '@circuitry/core';
import { fail, Fleet, isAdmitted, refusal, succeed, type Worker } from '../breaker/support/fleet.js';

describe('The answer to the call that began later wins, whatever its revision', () => {
  test('after a failover to an older copy calls go on from what the store holds', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1h' });
    const { breaker, events } = fleet.join();
    await succeed(breaker);
    const old = await fleet.record();
    await fail(breaker);
    await fleet.memory.delete('c');
    await fleet.memory.store('c', null, old as never, { ttl: 3_600_000 });
    await succeed(breaker);
    expect(await breaker.information()).toMatchObject({ state: 'closed', revision: old?.revision, totalSuccesses: 2 });
    expect(events.of('observed').at(-1)?.information).toMatchObject({ state: 'closed', revision: old?.revision });
  });

  test('an answer that comes late from a call that began before is not taken for news', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, counting: 'failures' });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(two.breaker, 1);
    await two.breaker.reset();
    await succeed(one.breaker);
    let deliver: () => void = () => {};
    one.backend.conduct = async (call, make) => {
      const answer = await make();
      if (call.verb === 'retrieve') await new Promise<void>((resolve) => (deliver = resolve));
      return answer;
    };
    const slow = one.breaker.state();
    await fleet.turn();
    // An override's store answers while the retrieve is still on its way back.
    one.backend.conduct = (_call, make) => make();
    await one.breaker.forceOpen();
    const news = one.events.of('observed').length;
    deliver();
    await slow;
    expect(one.events.of('observed')).toHaveLength(news);
  });
});

describe('A pushed record', () => {
  const options = { consistency: { maxStaleness: '10s' }, failureCountThreshold: 1, allowAfter: '1h' } as const;

  /** A worker whose pushes wait until the test delivers them. */
  async function watching(
    fleet: Fleet,
  ): Promise<{ one: Worker; kept: (() => void)[]; push: (event: WatchEvent) => void }> {
    const one = fleet.join();
    const kept: (() => void)[] = [];
    let push: (event: WatchEvent) => void = () => {};
    one.backend.deliver = (listener, event) => {
      push = listener;
      kept.push(() => listener(event));
    };
    await succeed(one.breaker);
    await one.factory.flush();
    kept.length = 0;
    return { one, kept, push: (event) => push(event) };
  }

  test('of a higher revision is read at once, and then decides, before the view is too old', async () => {
    const fleet = new Fleet(options);
    const { one, kept } = await watching(fleet);
    await fail(fleet.join().breaker);
    one.backend.forget();
    expect(await isAdmitted(one.breaker)).toBe(true);
    one.backend.forget();
    for (const deliver of kept) deliver();
    await fleet.turn();
    expect(one.backend.verbs).toEqual(['retrieve']);
    await refusal(one.breaker);
    expect(one.backend.verbs).toEqual(['retrieve']);
    await one.factory.close();
  });

  test('decides nothing by itself: one that the store does not hold neither opens nor closes a circuit', async () => {
    const fleet = new Fleet(options);
    const { one, push } = await watching(fleet);
    const record = { ...((await fleet.record()) as CircuitRecord), state: 'open', since: 1, expiresAt: 9e15 } as const;
    push({ type: 'transition', name: 'c', record: { ...record, revision: record.revision + 7, by: 'forged' } });
    await fleet.turn();
    expect(await isAdmitted(one.breaker)).toBe(true);
    await fail(fleet.join().breaker);
    push({ type: 'transition', name: 'c', record: { ...record, state: 'closed', revision: 9e15, by: 'forged' } });
    await fleet.turn();
    await refusal(one.breaker);
    await one.factory.close();
  });

  test('makes no view of a write that had passed the store before it, and is answered after it', async () => {
    const fleet = new Fleet({ ...options, failureCountThreshold: 2 });
    const { one, kept } = await watching(fleet);
    let answer: () => void = () => {};
    one.backend.conduct = async (call, make) => {
      const made = await make();
      if (call.verb === 'apply') await new Promise<void>((resolve) => (answer = resolve));
      return made;
    };
    const failing = fail(one.breaker, 1);
    await fleet.turn();
    await fail(fleet.join().breaker, 1);
    for (const deliver of kept) deliver();
    await fleet.turn();
    answer();
    await failing;
    await refusal(one.breaker);
    await one.factory.close();
  });

  test('of a lower revision is no news: pushes may come late', async () => {
    const fleet = new Fleet(options);
    const { one, kept } = await watching(fleet);
    const two = fleet.join();
    await two.breaker.forceClosed();
    await two.breaker.forceOpen();
    for (const deliver of kept.reverse()) deliver();
    await fleet.turn();
    expect((await refusal(one.breaker)).code).toBe('ERR_FORCED_OPEN');
    expect(one.backend.count('retrieve')).toBeLessThanOrEqual(2);
    await one.factory.close();
  });

  test('that may have been missed makes the view too old for anything', async () => {
    const fleet = new Fleet(options);
    const { one, push } = await watching(fleet);
    await fail(fleet.join().breaker);
    expect(await isAdmitted(one.breaker)).toBe(true);
    push({ type: 'missed' });
    await fleet.turn();
    await refusal(one.breaker);
    await one.factory.close();
  });
});
