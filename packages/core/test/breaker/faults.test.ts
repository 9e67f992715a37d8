import { describe, expect, test } from '@jest/globals';
import type { FactoryOptions, LogFields } from '@circuitry/core';
import { down, fail, Fleet, succeed, type Worker } from './support/fleet.js';

/** Lines that a logger was given. */
interface Lines {
  readonly logger: NonNullable<FactoryOptions['logger']>;
  readonly lines: { level: string; message: string; fields: LogFields }[];
}

function lines(): Lines {
  const written: Lines['lines'] = [];
  const at = (level: string) => (message: string, fields: LogFields) => void written.push({ level, message, fields });
  return { lines: written, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
}

const boom = new Error('boom');
const throws = (): never => {
  throw boom;
};

const rejects = (() => Promise.reject(boom)) as unknown as () => void;

/** Fails and succeeds a call in front of the broken setting, and tells what it reported. */
async function reported(
  options: Partial<FactoryOptions>,
  use: (worker: Worker) => Promise<unknown>,
): Promise<unknown[]> {
  const { logger, lines: written } = lines();
  const worker = new Fleet({ logger, ...options }).join();
  await use(worker);
  const faults = worker.events.of('fault').map(({ setting, error, name }) => ({ setting, error, name }));
  const logged = written.filter(({ level }) => level === 'error');
  expect(logged).toHaveLength(faults.length);
  for (const [index, { setting }] of faults.entries()) {
    expect(logged[index]?.message).toContain(setting);
    expect(logged[index]?.fields).toMatchObject({ error: faults[index]?.error, circuit: faults[index]?.name });
  }
  return faults;
}

describe('A fault of user code is reported once, by the logger and an event, and everything goes on', () => {
  test.each(['nameFor', 'errorMatcher', 'resultMatcher', 'trip', 'allowAfter'] as const)(
    '%s that is async and rejects is told, and nothing is left that would end the process',
    async (setting) => {
      const unhandled: unknown[] = [];
      const hear = (reason: unknown): void => void unhandled.push(reason);
      process.on('unhandledRejection', hear);
      const threshold = setting === 'trip' ? {} : { failureCountThreshold: 1 };
      const fleet = new Fleet({ ...threshold, [setting]: rejects });
      const { breaker, events } = fleet.join();
      expect(await breaker.settle(() => 'value')).toMatchObject({ status: 'fulfilled', value: 'value' });
      expect(await breaker.settle(() => Promise.reject(down))).toMatchObject({ status: 'rejected', reason: down });
      await fleet.turn();
      process.off('unhandledRejection', hear);
      expect(unhandled).toEqual([]);
      const told = events.of('fault').map(({ setting: name, error }) => [name, String(error)]);
      expect(told).toContainEqual([setting, expect.stringContaining('it answered a promise')]);
    },
  );

  test('an errorMatcher that throws: the default one decides, and the caller gets the work’s error', async () => {
    const faults = await reported({ errorMatcher: throws }, async ({ breaker, events }) => {
      expect(await breaker.settle(() => Promise.reject(down))).toEqual({ status: 'rejected', reason: down });
      expect(events.of('settled')[0]?.outcome).toBe('failure');
    });
    expect(faults).toEqual([{ setting: 'errorMatcher', error: boom, name: 'c' }]);
  });

  test.each([undefined, true, 'Failure', Promise.resolve('success')])(
    'an errorMatcher that answers %p: the default one decides',
    async (answer) => {
      const faults = await reported({ errorMatcher: () => answer as never }, async ({ breaker, events }) => {
        await fail(breaker);
        expect(events.of('settled')[0]?.outcome).toBe('failure');
      });
      expect(faults).toMatchObject([{ setting: 'errorMatcher', name: 'c' }]);
    },
  );

  test('a resultMatcher that throws: the value is a success, and the caller gets it', async () => {
    const faults = await reported({ resultMatcher: throws }, async ({ breaker, events }) => {
      expect(await breaker.settle(() => 7)).toEqual({ status: 'fulfilled', value: 7 });
      expect(events.of('settled')[0]?.outcome).toBe('success');
    });
    expect(faults).toEqual([{ setting: 'resultMatcher', error: boom, name: 'c' }]);
  });

  test('a trip function that throws: the circuit does not trip, and counts go on', async () => {
    await reported({ trip: throws }, async ({ breaker, events }) => {
      await fail(breaker, 20);
      expect(await breaker.information()).toMatchObject({ state: 'closed', totalFailures: 20 });
      expect(events.of('fault')[0]).toEqual({ setting: 'trip', error: boom, name: 'c' });
    });
  });

  test('a trip function that throws is told once per outcome, not each time that it is asked', async () => {
    const faults = await reported({ trip: throws }, ({ breaker }) => fail(breaker));
    expect(faults).toEqual([{ setting: 'trip', error: boom, name: 'c' }]);
  });

  test('an error whose isExpected throws is a failure, and the caller gets that very error', async () => {
    const error = Object.assign(new Error('mine'), { isExpected: throws });
    const { breaker, events } = new Fleet().join();
    expect(await breaker.settle(() => Promise.reject(error))).toEqual({ status: 'rejected', reason: error });
    await (await breaker.start()).end(error);
    expect(events.of('settled').map(({ outcome }) => outcome)).toEqual(['failure', 'failure']);
  });

  test('a logger that rejects later ends no process', async () => {
    const logger = { debug: rejects, info: rejects, warn: rejects, error: rejects };
    const fleet = new Fleet({ logger, failureCountThreshold: 1 });
    const { breaker, events } = fleet.join();
    await fail(breaker);
    await fleet.turn();
    expect(events.of('fault')).toEqual([{ setting: 'logger', error: boom, name: null }]);
  });

  test('a trip function that answers something truthy but true: not tripped', async () => {
    const { breaker } = new Fleet({ trip: () => 1 as unknown as boolean }).join();
    await fail(breaker, 3);
    expect(await breaker.state()).toBe('closed');
  });

  test('an allowAfter that throws: the circuit opens for a minute', async () => {
    await reported({ allowAfter: throws, failureCountThreshold: 1 }, async ({ breaker, events }) => {
      await fail(breaker);
      const { expiresAfter, since } = await breaker.information();
      expect((expiresAfter?.getTime() ?? 0) - since).toBe(60_000);
      expect(events.of('fault')[0]).toEqual({ setting: 'allowAfter', error: boom, name: 'c' });
    });
  });

  test.each([0, -5, Number.NaN, Infinity, 'soon'])(
    'an allowAfter that answers %p: the circuit opens for a minute',
    async (answer) => {
      const { breaker, events } = new Fleet({ allowAfter: () => answer as never, failureCountThreshold: 1 }).join();
      await fail(breaker);
      const { expiresAfter, since } = await breaker.information();
      expect((expiresAfter?.getTime() ?? 0) - since).toBe(60_000);
      expect(events.of('fault')[0]?.setting).toBe('allowAfter');
    },
  );

  test('an onStateChange that throws, now or later: the transition stands and the caller gets its error', async () => {
    for (const onStateChange of [throws, rejects]) {
      const faults = await reported({ onStateChange, failureCountThreshold: 1 }, async ({ breaker }) => {
        expect(await breaker.settle(() => Promise.reject(down))).toEqual({ status: 'rejected', reason: down });
        expect(await breaker.state()).toBe('open');
      });
      expect(faults).toEqual([{ setting: 'onStateChange', error: boom, name: 'c' }]);
    }
  });

  test('a listener that throws, now or later: the other listeners hear the event all the same', async () => {
    for (const listener of [throws, rejects]) {
      const faults = await reported({}, async ({ breaker, factory }) => {
        factory.on('settled', listener);
        let heard = 0;
        factory.on('settled', () => (heard += 1));
        await succeed(breaker);
        await breaker.state();
        expect(heard).toBe(1);
      });
      expect(faults).toEqual([{ setting: 'listener', error: boom, name: null }]);
    }
  });

  test('a listener for faults that throws is logged, and not told of itself for ever', async () => {
    const { logger, lines: written } = lines();
    const { breaker, factory, events } = new Fleet({ logger, resultMatcher: throws }).join();
    factory.on('fault', throws);
    expect(await breaker.execute(() => 7)).toBe(7);
    expect(events.of('fault')).toHaveLength(1);
    expect(written.filter(({ level }) => level === 'error')).toHaveLength(2);
  });

  test('a logger that throws: an event says so, and the caller gets the work’s error', async () => {
    const logger = { debug: throws, info: throws, warn: throws, error: throws };
    const { breaker, events } = new Fleet({ logger, failureCountThreshold: 1 }).join();
    expect(await breaker.settle(() => Promise.reject(down))).toEqual({ status: 'rejected', reason: down });
    expect(await breaker.state()).toBe('open');
    expect(events.of('fault')).toEqual([{ setting: 'logger', error: boom, name: null }]);
  });

  test('a logger that throws over another fault: both are told, once each', async () => {
    const logger = { debug: throws, info: throws, warn: throws, error: throws };
    const { breaker, events } = new Fleet({ logger, resultMatcher: throws }).join();
    expect(await breaker.execute(() => 7)).toBe(7);
    expect(
      events
        .of('fault')
        .map(({ setting }) => setting)
        .sort(),
    ).toEqual(['logger', 'resultMatcher']);
  });
});
