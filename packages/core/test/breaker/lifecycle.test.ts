import { describe, expect, test } from '@jest/globals';
import { CircuitBreakerFactory, MemoryBackend } from '@circuitry/core';
import { failing, Holding } from './support/failing-backend.js';
import { fail, Fleet, rejection, succeed } from './support/fleet.js';

describe('close', () => {
  test('refuses later calls with ERR_CLOSED, whatever the policy', async () => {
    for (const onStorageFailure of ['local', 'allow', 'throw'] as const) {
      const { breaker, factory } = new Fleet({ onStorageFailure }).join();
      await factory.close();
      expect(await rejection(breaker.execute(() => 1))).toMatchObject({ code: 'ERR_CLOSED' });
      expect(await rejection(breaker.start())).toMatchObject({ code: 'ERR_CLOSED' });
      expect(await rejection(breaker.state())).toMatchObject({ code: 'ERR_CLOSED' });
      expect(await breaker.settle(() => 1)).toMatchObject({ status: 'refused', error: { code: 'ERR_CLOSED' } });
    }
  });

  test('waits for the outcomes that are on their way', async () => {
    const fleet = new Fleet();
    const { breaker, factory, backend } = fleet.join();
    const permits = await Promise.all([breaker.start(), breaker.start(), breaker.start()]);
    const holding = new Holding('store', 'apply');
    backend.conduct = holding.conduct;
    for (const permit of permits) void permit.succeed();
    let isClosed = false;
    const closing = factory.close().then(() => (isClosed = true));
    await fleet.turn();
    expect(isClosed).toBe(false);
    backend.conduct = (_call, make) => make();
    holding.letAllGo();
    await closing;
    expect((await fleet.counters())['total.successes']).toBe(3);
  });

  test('leaves no timer behind', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, workTimeout: '1m', exclusive: true });
    const { breaker, factory } = fleet.join();
    await succeed(breaker);
    await fail(breaker);
    await factory.close();
    expect(fleet.clock.pending).toBe(0);
  });

  test('lets work that runs finish: its result reaches the caller and its outcome the store', async () => {
    const fleet = new Fleet();
    const { breaker, factory } = fleet.join();
    let finish: (value: string) => void = () => {};
    const executing = breaker.execute(() => new Promise<string>((resolve) => (finish = resolve)));
    await fleet.turn();
    await factory.close();
    finish('value');
    expect(await executing).toBe('value');
    expect((await fleet.counters())['total.successes']).toBe(1);
  });

  test('leaves the backend open, and the other factories on it', async () => {
    const fleet = new Fleet();
    const [one, two] = [fleet.join(), fleet.join()];
    await one.factory.close();
    await succeed(two.breaker);
    expect((await one.backend.retrieve('c')).record).not.toBeNull();
  });

  test('leaves no call waiting for a store that hangs', async () => {
    const fleet = new Fleet();
    const { breaker, factory, backend } = fleet.join();
    backend.conduct = failing('hang');
    let settled: unknown = null;
    void breaker.settle(() => 1).then((result) => (settled = result));
    await fleet.turn();
    await factory.close();
    await fleet.clock.advance('1h');
    expect(settled).not.toBeNull();
    expect(fleet.clock.pending).toBe(0);
  });

  test('refuses operators as well', async () => {
    const { breaker, factory } = new Fleet().join();
    await factory.close();
    for (const control of ['forceOpen', 'forceClosed', 'release', 'reset'] as const) {
      expect(await rejection(breaker[control]())).toMatchObject({ code: 'ERR_CLOSED' });
    }
  });

  test('twice is no error', async () => {
    const { factory } = new Fleet().join();
    await Promise.all([factory.close(), factory.close()]);
    await factory.close();
  });

  test('comes by itself at the end of an await using scope', async () => {
    let kept;
    {
      await using factory = new CircuitBreakerFactory({ backend: new MemoryBackend() });
      kept = factory.breakerFor('x');
      await kept.execute(() => 1);
    }
    expect(await rejection(kept.execute(() => 1))).toMatchObject({ code: 'ERR_CLOSED' });
  });
});

describe('flush', () => {
  test('waits for the outcomes of circuits that were forgotten meanwhile', async () => {
    const fleet = new Fleet({ maxCircuits: 1 });
    const { breaker, factory, backend } = fleet.join();
    const permit = await breaker.start();
    for (const circuit of ['x', 'y', 'z']) await succeed(factory.breakerFor(circuit, {}));
    const holding = new Holding('store');
    backend.conduct = holding.conduct;
    void permit.succeed();
    await fleet.turn();
    let isFlushed = false;
    const flushing = factory.flush().then(() => (isFlushed = true));
    await fleet.turn();
    expect(isFlushed).toBe(false);
    holding.letAllGo();
    await flushing;
    expect((await fleet.counters())['total.successes']).toBe(1);
  });

  test('resolves once everything that was reported is in the store, and at once where nothing waits', async () => {
    const fleet = new Fleet();
    const { factory } = fleet.join();
    await factory.flush();
    const permits = await Promise.all(
      Array.from({ length: 10 }, (_, tenant) => factory.breakerFor(`t${tenant}`, {}).start()),
    );
    for (const permit of permits) void permit.fail();
    await factory.flush();
    for (let tenant = 0; tenant < 10; tenant += 1)
      expect((await fleet.counters(`t${tenant}`))['total.failures']).toBe(1);
  });
});
