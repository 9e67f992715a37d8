import { describe, expect, test } from '@jest/globals';
import { fail, Fleet, succeed } from '../breaker/support/fleet.js';

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
