import { describe, expect, test } from '@jest/globals';
import { isCircuitryError, type FactoryOptions } from '@circuitry/core';
import { fail, Fleet, refusal, rejection, succeed, type Breaker } from '../breaker/support/fleet.js';

const bad = (error: unknown) => (breaker: Breaker) => breaker.settle(() => Promise.reject(error as Error));
const once: Partial<FactoryOptions> = { failureCountThreshold: 1 };

describe('lastFailure', () => {
  test('is in the record, in information, in a refusal, in stateChange and in a list', async () => {
    const fleet = new Fleet(once);
    const { breaker, events } = fleet.join();
    const error = Object.assign(new TypeError('secret'), { code: 'ECONNRESET', status: 503 });
    await bad(error)(breaker);
    const text = 'TypeError ECONNRESET 503';
    expect((await fleet.record())?.lastFailure).toBe(text);
    expect((await breaker.information()).lastFailure).toBe(text);
    const refused = await refusal(breaker);
    expect(refused.message).toContain(`It opened on: ${text}`);
    expect(refused.information.lastFailure).toBe(text);
    expect(events.of('stateChange')).toMatchObject([{ information: { lastFailure: text } }]);
    const listed = [];
    for await (const each of fleet.memory.list({ only: 'troubled' })) listed.push(each.record.lastFailure);
    expect(listed).toEqual([text]);
  });

  test('is seen by every other process', async () => {
    const fleet = new Fleet(once);
    const { breaker } = fleet.join();
    const other = fleet.join();
    await bad(Object.assign(new Error('x'), { status: 503 }))(breaker);
    expect((await refusal(other.breaker)).message).toContain('It opened on: Error 503');
  });

  test('is kept while the circuit is half-open, and goes when it closes', async () => {
    const fleet = new Fleet({ ...once, closeThreshold: 2 });
    const { breaker } = fleet.join();
    await bad(new RangeError('x'))(breaker);
    await fleet.clock.advance('60s');
    await succeed(breaker);
    expect((await breaker.information()).lastFailure).toBe('RangeError');
    await succeed(breaker);
    expect((await breaker.information()).lastFailure).toBeNull();
    expect((await fleet.record())?.lastFailure).toBeNull();
  });

  test('is that of the failed trial once one reopens the circuit', async () => {
    const fleet = new Fleet(once);
    const { breaker } = fleet.join();
    await bad(new RangeError('x'))(breaker);
    await fleet.clock.advance('60s');
    await bad(new TypeError('x'))(breaker);
    expect((await breaker.information()).lastFailure).toBe('TypeError');
  });

  test("is nobody's under an operator's override: the operator's reason is told instead", async () => {
    const fleet = new Fleet(once);
    const { breaker } = fleet.join();
    await fail(breaker);
    await breaker.forceOpen({ reason: 'maintenance\nuntil noon' });
    const { message } = await refusal(breaker);
    expect(message).toContain('Its operator says: maintenance');
    expect(message).not.toContain('\n');
    expect(message).not.toContain('It opened on');
  });

  test('is what permit.fail was given, too', async () => {
    const fleet = new Fleet(once);
    const { breaker } = fleet.join();
    await (await breaker.start()).fail(new SyntaxError('x'));
    expect((await breaker.information()).lastFailure).toBe('SyntaxError');
  });

  test('is told by whichever call of this process opens the circuit', async () => {
    const pauses: (string | null)[] = [];
    const allowAfter = (_openings: number, { lastFailure }: { lastFailure: string | null }) => {
      pauses.push(lastFailure);
      return 60_000;
    };
    const fleet = new Fleet({ failureCountThreshold: 2, allowAfter });
    const { breaker, backend, events } = fleet.join();
    await fail(breaker);
    // The store has counted the second failure, and its answer is still under way when the next call begins.
    let letAnswerIn!: () => void;
    const held = new Promise<void>((resolve) => (letAnswerIn = resolve));
    backend.conduct = async (call, make) => {
      const answer = await make();
      if (call.verb === 'apply') await held;
      return answer;
    };
    const error = new RangeError('x');
    const failing = bad(error)(breaker);
    await fleet.turn();
    expect((await refusal(breaker)).message).toContain('It opened on: RangeError');
    expect(events.of('stateChange')).toMatchObject([{ information: { lastFailure: 'RangeError' }, error }]);
    expect(pauses.at(-1)).toBe('RangeError');
    letAnswerIn();
    expect((await failing).status).toBe('rejected');
    expect((await fleet.record())?.lastFailure).toBe('RangeError');
    expect(fleet.changes).toEqual(['closed>open']);
  });

  test('of a failure without an error is null, and a refusal then says nothing of it', async () => {
    const fleet = new Fleet(once);
    const { breaker } = fleet.join();
    await (await breaker.start()).fail();
    expect((await breaker.information()).lastFailure).toBeNull();
    expect((await refusal(breaker)).message).not.toContain('It opened on');
  });

  test('costs no write of its own: a failure that opens nothing stores none', async () => {
    const fleet = new Fleet({ failureCountThreshold: 2 });
    const { breaker } = fleet.join();
    await fail(breaker);
    expect((await fleet.record())?.lastFailure).toBeNull();
  });

  test("is kept by this process alone under 'local'", async () => {
    const fleet = new Fleet(once);
    const { breaker, backend } = fleet.join();
    backend.conduct = () => Promise.reject(new Error('no store'));
    await bad(new RangeError('x'))(breaker);
    expect((await refusal(breaker)).message).toContain('It opened on: RangeError');
  });
});

describe('by default lastFailure holds nothing that a message holds', () => {
  const secret = 'hunter2-tok_live_51H';
  const errors: [string, unknown][] = [
    ['an error', new Error(secret)],
    ['an error with a cause', new Error('x', { cause: new Error(secret) })],
    ['an AggregateError', new AggregateError([new Error(secret)], secret)],
    ['a string', secret],
    ['an object', { message: secret, body: secret, config: { headers: { authorization: secret } } }],
    ['a name that is a message', Object.assign(new Error('x'), { name: `Error: ${secret} was wrong` })],
    ['a code that is a message', Object.assign(new Error('x'), { code: `the password ${secret} was wrong` })],
    ['a status that is a message', Object.assign(new Error('x'), { status: secret })],
    ['a response with a body', Object.assign(new Error('x'), { response: { status: 500, data: secret } })],
    ['an error whose toString tells it', { toString: () => secret }],
    ['a symbol', Symbol(secret)],
    ['a function', Object.assign(() => secret, { message: secret })],
  ];
  test.each(errors)('of %s', async (_what, error) => {
    const fleet = new Fleet(once);
    const { breaker, events } = fleet.join();
    await bad(error)(breaker);
    const refused = await refusal(breaker);
    expect((await breaker.information()).lastFailure).toEqual(expect.any(String));
    expect(
      JSON.stringify([await fleet.record(), refused.message, refused, events.of('stateChange')[0]?.information]),
    ).not.toContain(secret);
  });

  test('of an error that throws when it is looked at', async () => {
    const fleet = new Fleet(once);
    const { breaker } = fleet.join();
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    await bad(proxy)(breaker);
    expect((await breaker.information()).lastFailure).toBe('an error that can not be read');
  });
});

describe('describeFailure', () => {
  test('decides what is told', async () => {
    const fleet = new Fleet({ ...once, describeFailure: (error) => `mail: ${(error as Error).message}` });
    const { breaker } = fleet.join();
    await fail(breaker);
    expect((await breaker.information()).lastFailure).toBe('mail: the dependency is down');
  });

  test('that answers no text says nothing', async () => {
    const fleet = new Fleet({ ...once, describeFailure: () => '' });
    const { breaker, events } = fleet.join();
    await fail(breaker);
    expect((await breaker.information()).lastFailure).toBeNull();
    expect(events.of('fault')).toEqual([]);
  });

  test('that answers 10 kB is cut to 256 bytes, and never within a character', async () => {
    for (const [text, expected] of [
      ['x'.repeat(10_000), 256],
      ['é'.repeat(5_000), 256],
      ['€'.repeat(5_000), 255],
      ['𝒳'.repeat(5_000), 256],
      ['x' + '𝒳'.repeat(5_000), 253],
    ] as const) {
      const fleet = new Fleet({ ...once, describeFailure: () => text });
      const { breaker } = fleet.join();
      await fail(breaker);
      const kept = (await breaker.information()).lastFailure as string;
      expect(Buffer.byteLength(kept)).toBe(expected);
      expect(text.startsWith(kept)).toBe(true);
    }
  });

  test('that answers half a character stores a whole one', async () => {
    const fleet = new Fleet({ ...once, describeFailure: () => 'a\ud835b' });
    const { breaker } = fleet.join();
    await fail(breaker);
    expect((await breaker.information()).lastFailure).toBe('a\ufffdb');
  });

  test('that answers control characters forges no line of a log', async () => {
    const fleet = new Fleet({ ...once, describeFailure: () => 'a\nlevel=info \u001b[31m\u2028\u202eb' });
    const { breaker } = fleet.join();
    await fail(breaker);
    const { message } = await refusal(breaker);
    // eslint-disable-next-line no-control-regex -- those are what is looked for
    expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
  });

  const harmless: [string, () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('of describeFailure');
      },
    ],
    ['rejects', () => Promise.reject(new Error('of describeFailure'))],
    ['answers a promise', () => Promise.resolve('later')],
    ['answers a number', () => 42],
    ['answers nothing', () => undefined],
    ['answers a thenable that never settles', () => ({ then: () => {} })],
    [
      'answers a thing that throws when it is looked at',
      () =>
        new Proxy(
          {},
          {
            get: () => {
              throw new Error('no');
            },
          },
        ),
    ],
  ];
  test.each(harmless)('that %s harms nothing: the default is told, and a fault', async (_what, describeFailure) => {
    const fleet = new Fleet({ ...once, describeFailure: describeFailure as () => string });
    const { breaker, events } = fleet.join();
    const error = new RangeError("the work's own");
    expect(await rejection(breaker.execute(() => Promise.reject(error)))).toBe(error);
    expect(await breaker.state()).toBe('open');
    expect((await breaker.information()).lastFailure).toBe('RangeError');
    expect(events.of('fault')).toMatchObject([{ setting: 'describeFailure', name: 'c' }]);
  });

  test('is asked only about a failure that opens the circuit', async () => {
    const asked: unknown[] = [];
    const fleet = new Fleet({
      failureCountThreshold: 3,
      describeFailure: (error) => {
        asked.push(error);
        return 'x';
      },
    });
    const { breaker } = fleet.join();
    await fail(breaker, 2);
    await succeed(breaker);
    expect(asked).toEqual([]);
    await fail(breaker, 3);
    expect(asked).toHaveLength(1);
  });
});

describe('events of a failure carry the error', () => {
  test('that this process holds, in settled and in stateChange', async () => {
    const fleet = new Fleet({ failureCountThreshold: 2 });
    const { breaker, events } = fleet.join();
    await succeed(breaker);
    const errors = [new Error('first'), new Error('second')];
    for (const error of errors) await bad(error)(breaker);
    expect(events.of('settled').map((each) => ('error' in each ? each.error : 'none'))).toEqual(['none', ...errors]);
    expect(events.of('stateChange').map(({ error }) => error)).toEqual([errors[1]]);
  });

  test('that was expected as well: settled tells what the work threw', async () => {
    const fleet = new Fleet({ errorMatcher: () => 'success' });
    const { breaker, events } = fleet.join();
    const error = new Error('HTTP 404');
    await bad(error)(breaker);
    expect(events.of('settled')).toMatchObject([{ outcome: 'success', error }]);
  });

  test('and none where another process has it', async () => {
    const fleet = new Fleet(once);
    const { breaker } = fleet.join();
    await fail(breaker);
    const other = fleet.join();
    await fleet.clock.advance('60s');
    await succeed(other.breaker);
    expect(other.events.of('stateChange').every((each) => !('error' in each))).toBe(true);
  });
});

test('isCircuitryError with a code narrows the type: a refusal has its information', async () => {
  const fleet = new Fleet(once);
  const { breaker } = fleet.join();
  await bad(new RangeError('x'))(breaker);
  const error = await rejection(breaker.execute(() => 1));
  if (!isCircuitryError(error, 'ERR_CIRCUIT_OPEN')) throw new Error('not narrowed');
  expect(error.information.lastFailure).toBe('RangeError');
  expect(error.retryAfter).toBe(60_000);
});
