import { describe, expect, test } from '@jest/globals';
import { Holding } from '../breaker/support/failing-backend.js';
import { fail, Fleet } from '../breaker/support/fleet.js';

describe('Starts of one circuit in one process share a retrieve', () => {
  test('a retrieve already on the wire is not joined: it may have passed the store before the joiner began', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const [one, two] = [fleet.join(), fleet.join()];
    // The answer is read from the store, and takes its time on the way back.
    let deliver: () => void = () => {};
    one.backend.conduct = async (call, make) => {
      const answer = await make();
      if (call.verb === 'retrieve' && one.backend.count('retrieve') === 1) {
        await new Promise<void>((resolve) => (deliver = resolve));
      }
      return answer;
    };
    const early = one.breaker.settle(() => 'early');
    await fleet.turn();
    await fail(two.breaker);
    const late = one.breaker.settle(() => 'late');
    await fleet.turn();
    deliver();
    expect((await early).status).toBe('fulfilled');
    // F4: the circuit was open, and known to be, before the second call began.
    expect(await late).toMatchObject({ status: 'refused', error: { code: 'ERR_CIRCUIT_OPEN' } });
    expect(one.backend.count('retrieve')).toBe(2);
  });

  test('whoever comes while one is on the wire shares the next one, which is sent after each of them began', async () => {
    const fleet = new Fleet();
    const { breaker, backend } = fleet.join();
    const holding = new Holding('retrieve');
    backend.conduct = holding.conduct;
    const first = breaker.start();
    await fleet.turn();
    const others = Array.from({ length: 100 }, () => breaker.start());
    await fleet.turn();
    expect(backend.count('retrieve')).toBe(1);
    holding.letGo();
    await first;
    await fleet.turn();
    expect(backend.count('retrieve')).toBe(2);
    const latecomer = breaker.start();
    await fleet.turn();
    expect(backend.count('retrieve')).toBe(2);
    holding.letGo();
    await Promise.all(others);
    await fleet.turn();
    expect(backend.count('retrieve')).toBe(3);
    holding.letGo();
    await latecomer;
  });

  test('1,000 starts at once cost one retrieve', async () => {
    const { breaker, backend } = new Fleet().join();
    await Promise.all(Array.from({ length: 1_000 }, () => breaker.start()));
    expect(backend.verbs).toEqual(['retrieve']);
  });

  test('starts one after another cost a retrieve each', async () => {
    const { breaker, backend } = new Fleet().join();
    for (let call = 0; call < 3; call += 1) await breaker.start();
    expect(backend.verbs).toEqual(['retrieve', 'retrieve', 'retrieve']);
  });

  test('different circuits share nothing', async () => {
    const { factory, backend } = new Fleet().join();
    await Promise.all(['a', 'b', 'c'].map((name) => factory.breakerFor(name, {}).start()));
    expect(backend.calls.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
  });

  test('a retrieve that fails fails those who share it, and the next one is sent all the same', async () => {
    const fleet = new Fleet({ onStorageFailure: 'throw' });
    const { breaker, backend } = fleet.join();
    let calls = 0;
    backend.conduct = async (_call, make) => {
      calls += 1;
      if (calls === 1) throw new RangeError('exploded');
      return make();
    };
    const settled = await Promise.all([breaker.settle(() => 1), breaker.settle(() => 2)]);
    expect(settled.map(({ status }) => status)).toEqual(['refused', 'refused']);
    await fleet.clock.advance('1s');
    expect(await breaker.settle(() => 3)).toMatchObject({ status: 'fulfilled' });
  });

  test('a shared call carries nobody’s signal', async () => {
    const { breaker, backend } = new Fleet().join();
    const callers = [new AbortController(), new AbortController()];
    const [permit] = await Promise.all(callers.map(({ signal }) => breaker.start({ signal })));
    for (const caller of callers) caller.abort();
    expect(backend.calls.map(({ signal }) => signal?.aborted)).toEqual([false]);
    await permit?.succeed();
    expect(backend.of('store')[0]?.signal?.aborted).toBe(false);
  });
});
