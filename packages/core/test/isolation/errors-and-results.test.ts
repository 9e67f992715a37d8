import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import {
  CircuitBreakerFactory,
  ClosedError,
  InvalidSettingsError,
  MemoryBackend,
  mergeSettings,
  pinoLogger,
  StorageError,
  UnsupportedRecordError,
  winstonLogger,
  type FactoryOptions,
  type Logger,
} from '@circuitry/core';
import pino from 'pino';
import winston from 'winston';
import { down, fail, Fleet, refusal, rejection, type Breaker } from '../breaker/support/fleet.js';
import { revoked, thrower } from './support/nonsense.js';

describe('A settled result of a refusal', () => {
  const refused = async (): Promise<object> => {
    const { breaker } = new Fleet({ failureCountThreshold: 1, retryJitter: 0 }).join();
    await fail(breaker);
    return breaker.settle(() => 1);
  };
  const kept = {
    status: 'refused',
    code: 'ERR_CIRCUIT_OPEN',
    retryAfter: 60_000,
    message: expect.stringContaining('Circuit "c" is open') as unknown,
  };

  test.each([
    ['a spread', (result: object) => ({ ...result, jobId: 7 })],
    ['structuredClone', (result: object) => structuredClone(result)],
    ['JSON', (result: object) => JSON.parse(JSON.stringify(result)) as object],
    ['a spread that is cloned', (result: object) => structuredClone({ ...result })],
  ])('keeps status, code, message and retryAfter through %s', async (_, copy) => {
    expect(copy(await refused())).toMatchObject(kept);
  });

  test('keeps its error’s name and message in JSON', async () => {
    const copy = JSON.parse(JSON.stringify(await refused())) as { error: object };
    expect(copy.error).toMatchObject({ name: 'CircuitOpenError', code: 'ERR_CIRCUIT_OPEN', circuitName: 'c' });
  });
});

/** What no structured clone can hold, nor JSON where it is looked at: a client's errors have sockets, callbacks, circles. */
const unclonable = (): Error => {
  const error = Object.assign(new Error('ECONNRESET'), { retry: () => {}, sent: 1n, cause: () => 'a function' });
  return Object.assign(error, { circle: error });
};

describe('A settled result of a call whose store failed with what can not be cloned', () => {
  const failing = (options: Partial<FactoryOptions>): Breaker => {
    const { breaker, backend } = new Fleet(options).join();
    backend.conduct = async () => {
      throw unclonable();
    };
    return breaker;
  };

  test.each([
    ['fulfilled', { onStorageFailure: 'local' }, (): unknown => 'value', { value: 'value', circuitError: {} }],
    ['rejected', { onStorageFailure: 'local' }, (): unknown => Promise.reject(down), { circuitError: {} }],
    ['refused', { onStorageFailure: 'throw' }, (): unknown => 1, { code: 'ERR_STORAGE', error: {} }],
  ] as const)('%s survives a spread, structuredClone and JSON', async (status, options, work, kept) => {
    const breaker = failing(options);
    await breaker.settle(work);
    const result = await breaker.settle(work);
    for (const copy of [{ ...result }, structuredClone(result), JSON.parse(JSON.stringify(result)) as object])
      expect(copy).toMatchObject({ status, ...kept });
  });

  test('still shows the cause to whoever asks the error or prints it', async () => {
    const { error } = (await failing({ onStorageFailure: 'throw' }).settle(() => 1)) as { error: Error };
    expect(error.cause).toMatchObject({ message: 'ECONNRESET' });
    expect(inspect(error)).toMatch(/cause: .*ECONNRESET/);
    error.cause = 'another';
    expect(error.cause).toBe('another');
  });

  test('a clone keeps causes that can be cloned, and an error with others is cloned without them', () => {
    const circle: Error & { cause?: unknown } = new Error('round');
    circle.cause = circle;
    const revoked = Proxy.revocable(new Error('gone'), {});
    revoked.revoke();
    const causeIn = (cause: unknown): unknown => structuredClone(new StorageError('gone', { cause })).cause;
    const deeper = Object.assign(new Error('reset', { cause: new Error('ECONNRESET') }), { socket: () => {} });
    expect(causeIn(deeper)).toMatchObject({ message: 'reset', cause: { message: 'ECONNRESET' } });
    expect(causeIn('why')).toBe('why');
    for (const other of [
      { socket: () => {} },
      new Error('reset', { cause: () => {} }),
      Symbol('why'),
      new Proxy(new Error('reset'), {}),
      revoked.proxy,
      circle,
    ])
      expect(causeIn(other)).toBeUndefined();
  });

  test('and an error without a cause prints none', () => {
    expect(inspect(new StorageError('gone'))).not.toContain('cause');
    expect('cause' in new StorageError('gone')).toBe(false);
  });
});

describe('JSON of an InvalidSettingsError', () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;

  test.each([
    ['a bigint', 10n, '10'],
    ['an object that holds a bigint', { ms: 10n }, 'an object'],
    ['a circle', circle, 'an object'],
    ['an object whose toJSON throws', { toJSON: thrower }, 'an object'],
    ['a revoked proxy', revoked, 'an object'],
    ['a function', () => {}, 'a function'],
    ['a symbol', Symbol('odd'), 'Symbol(odd)'],
    ['plain data', { ms: 10 }, { ms: 10 }],
  ])('shows %s', (_, given, shown) => {
    const value = given === revoked ? revoked() : given;
    const error = new InvalidSettingsError([{ name: 'allowAfter', value, expected: 'a duration' }]);
    expect(JSON.parse(JSON.stringify({ error }))).toEqual({
      error: {
        name: 'InvalidSettingsError',
        code: 'ERR_INVALID_SETTINGS',
        message: error.message,
        problems: [{ name: 'allowAfter', value: shown, expected: 'a duration' }],
      },
    });
    expect(error.problems[0]?.value).toBe(value);
  });
});

/** Names, and texts of a backend, that would act on a terminal or forge a line. */
const texts: readonly (readonly [string, string])[] = [
  ['a line feed', '\n'],
  ['a carriage return', '\r'],
  ['an escape', '\u001b[2J'],
  ['a zero byte', '\u0000'],
  ['DEL', '\u007f'],
  ['C1', '\u009b'],
  ['a line separator', '\u2028'],
  ['a paragraph separator', '\u2029'],
  ['an override of the writing direction', '\u202e'],
  ['an isolate', '\u2066'],
];
// eslint-disable-next-line no-control-regex -- they are what it is about
const acting = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

describe.each(texts)('%s', (_, text) => {
  const evil = `a${text}b`;
  const spying = (): { logger: Logger; lines: string[] } => {
    const lines: string[] = [];
    const log = (message: string): void => void lines.push(message);
    return { lines, logger: { debug: log, info: log, warn: log, error: log } };
  };

  test('in a name is escaped in every message', async () => {
    const { logger, lines } = spying();
    const fleet = new Fleet({ failureCountThreshold: 1, logger, workTimeout: '1s' });
    const { breaker } = fleet.join({}, evil);
    const late = rejection(breaker.execute(() => new Promise(() => {})));
    await fleet.clock.advance('1s');
    const messages = [
      ((await late) as Error).message,
      (await refusal(breaker)).message,
      ((await rejection(breaker.execute('no work' as never))) as Error).message,
      ((await rejection(breaker.execute(() => 1, { signal: null as never }))) as Error).message,
      ...lines,
    ];
    expect(messages.length).toBeGreaterThan(4);
    for (const message of messages) expect(message).not.toMatch(acting);
  });

  test.each([
    ['of its own', () => new Error(evil)],
    ['of ours', () => new StorageError(evil)],
  ])('in a backend’s error %s is escaped in every message', async (__, make) => {
    const { logger, lines } = spying();
    const { breaker, backend } = new Fleet({ onStorageFailure: 'throw', logger }).join();
    backend.conduct = async () => {
      throw make();
    };
    const error = (await rejection(breaker.execute(() => 1))) as Error;
    for (const message of [error.message, ...lines]) expect(message).not.toMatch(acting);
  });

  test('in the name of a setting, of a circuit or of what was closed is escaped, and forges no line', () => {
    const backend = new MemoryBackend();
    const wrong: object[] = [
      { [evil]: 1 },
      { circuits: { [evil]: { allowAfter: 'soon' } } },
      { errorMatchers: { [evil]: 1 } },
    ];
    for (const options of wrong) {
      const error = thrownBy(() => new CircuitBreakerFactory({ backend, ...options }));
      expect(error.message.split('\n')).toHaveLength(2);
      for (const line of error.message.split('\n')) expect(line).not.toMatch(acting);
    }
    const both = { errorMatchers: { [evil]: (): 'ignored' => 'ignored' } };
    const messages = [
      thrownBy(() => mergeSettings(both, both)),
      new ClosedError(evil),
      new UnsupportedRecordError(evil, evil as never, 1),
    ];
    for (const { message } of messages) expect(message).not.toMatch(acting);
  });

  test('in an operator’s reason and in what describeFailure says is escaped', async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 1, describeFailure: () => evil }).join();
    await fail(breaker);
    expect((await refusal(breaker)).message).not.toMatch(acting);
    await breaker.forceOpen({ reason: evil });
    expect((await refusal(breaker)).message).not.toMatch(acting);
  });
});

function thrownBy(make: () => unknown): Error {
  try {
    make();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('A logger is told an error by its own conventions', () => {
  const logged = async (
    make: (stream: Writable) => Logger,
    thrown: unknown = new TypeError('a bug in a matcher', { cause: new Error('deeper') }),
  ): Promise<Record<string, unknown>[]> => {
    const lines: Record<string, unknown>[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)) as Record<string, unknown>);
        done();
      },
    });
    const options: Partial<FactoryOptions> = {
      logger: make(stream),
      errorMatcher: () => {
        throw thrown;
      },
    };
    const { breaker } = new Fleet(options).join();
    await breaker.settle(() => Promise.reject(down));
    return lines;
  };

  test('pino: under err, with type, message and stack', async () => {
    const [line] = await logged((stream) => pinoLogger(pino(stream)));
    expect(line?.err).toMatchObject({
      type: 'TypeError',
      message: expect.stringContaining('a bug in a matcher') as unknown,
      stack: expect.stringContaining('errors-and-results') as unknown,
    });
  });

  test('winston: as plain fields, its causes with them', async () => {
    const [line] = await logged((stream) =>
      winstonLogger(winston.createLogger({ transports: [new winston.transports.Stream({ stream })] })),
    );
    expect(line?.error).toMatchObject({
      name: 'TypeError',
      message: 'a bug in a matcher',
      stack: expect.stringContaining('errors-and-results') as unknown,
      cause: { message: 'deeper' },
    });
  });

  test.each(['name', 'message', 'stack', 'cause', 'errors'])(
    'winston: an error whose %s throws when it is looked at does not take its line with it',
    async (part) => {
      const worn = Object.defineProperty(new Error('worn'), part, {
        get() {
          throw new Error('boom');
        },
      });
      const [line] = await logged(
        (stream) => winstonLogger(winston.createLogger({ transports: [new winston.transports.Stream({ stream })] })),
        new AggregateError([worn, new Error('two')], 'all failed'),
      );
      expect(line?.error).toMatchObject({
        message: 'all failed',
        errors: ['an error that can not be read', { message: 'two' }],
      });
    },
  );

  test('winston: each of several errors in one', async () => {
    const [line] = await logged(
      (stream) => winstonLogger(winston.createLogger({ transports: [new winston.transports.Stream({ stream })] })),
      new AggregateError([new Error('one'), new Error('two')], 'all failed'),
    );
    expect(line?.error).toMatchObject({ message: 'all failed', errors: [{ message: 'one' }, { message: 'two' }] });
  });
});

test('The stack of strict work names its caller', async () => {
  const { breaker } = new Fleet().join();
  const sendInvoice = async (): Promise<unknown> =>
    await breaker.execute(async () => {
      await Promise.resolve();
      throw new Error('down');
    });
  expect(((await rejection(sendInvoice())) as Error).stack).toContain('sendInvoice');
});
