import { describe, expect, test } from '@jest/globals';
import { retryAfterOf } from '@circuitry/core';

/** 2026-01-01T00:00:00Z */
const now = 1_767_225_600_000;

describe('retryAfterOf reads the header', () => {
  const shapes: [string, unknown][] = [
    ['of a Response', new Response(null, { status: 429, headers: { 'Retry-After': '600' } })],
    ['of a Headers object', new Headers({ 'retry-after': '600' })],
    ['of an axios response, whose headers have a get of their own', { status: 429, headers: axiosHeaders('600') }],
    ['of an error of axios', Object.assign(new Error('429'), { response: { headers: { 'retry-after': '600' } } })],
    ['of an undici response', { statusCode: 429, headers: { 'retry-after': '600' } }],
    ['of an undici response with repeated headers', { statusCode: 429, headers: { 'retry-after': ['600', '900'] } }],
    ['of raw headers, name after name', { headers: [Buffer.from('Retry-After'), Buffer.from('600')] }],
    ['of pairs', { headers: [['Retry-After', '600']] }],
    ['of node:http in any case', { headers: { 'RETRY-AFTER': '600' } }],
    ['of a Map', { headers: new Map([['retry-after', '600']]) }],
    ['given as a number', { headers: { 'retry-after': 600 } }],
    ['with blanks around it', { headers: { 'retry-after': '  600 ' } }],
    ['of an error that carries headers', Object.assign(new Error('429'), { headers: { 'retry-after': '600' } })],
    [
      'of an error that carries a Response',
      Object.assign(new Error('429'), { response: new Response(null, { headers: { 'retry-after': '600' } }) }),
    ],
    ['of the cause of an error', new Error('mail failed', { cause: { headers: { 'retry-after': '600' } } })],
    [
      'of the cause of a cause',
      new Error('a', { cause: new Error('b', { cause: { response: { headers: { 'retry-after': '600' } } } }) }),
    ],
    [
      'of an error of the AWS SDK',
      Object.assign(new Error('503'), { $response: { headers: { 'retry-after': '600' } } }),
    ],
    ['of headers by themselves', { 'retry-after': '600' }],
  ];
  test.each(shapes)('%s', (_shape, value) => {
    expect(retryAfterOf(value)).toBe(600_000);
  });
});

describe('retryAfterOf answers the time', () => {
  const of = (text: unknown, more: object = {}): number | null =>
    retryAfterOf({ headers: { 'retry-after': text, ...more } }, now);

  test('of an HTTP date, from now', () => {
    expect(of('Thu, 01 Jan 2026 00:10:00 GMT')).toBe(600_000);
    // The forms of old, which everybody has to take: RFC 850's and asctime's.
    expect(of('Thursday, 01-Jan-26 00:10:00 GMT')).toBe(600_000);
    expect(of('Thu Jan  1 00:10:00 2026')).toBe(600_000);
  });

  test('of an HTTP date from the Date header that came with it, where nobody says what time it is', () => {
    const headers = { 'retry-after': 'Thu, 01 Jan 2015 00:10:00 GMT', date: 'Thu, 01 Jan 2015 00:00:00 GMT' };
    expect(retryAfterOf({ headers })).toBe(600_000);
    expect(retryAfterOf(new Response(null, { headers }))).toBe(600_000);
  });

  test('of a date that is over as none at all to wait', () => {
    expect(of('Wed, 31 Dec 2025 23:59:59 GMT')).toBe(0);
  });

  test('of 0 seconds as 0, of fractions rounded up to whole ms', () => {
    expect(of('0')).toBe(0);
    expect(of('0.0001')).toBe(1);
    expect(of('1.5')).toBe(1_500);
  });

  test("of 135,734 seconds as it is: the cap is the circuit's", () => {
    expect(of('135734')).toBe(135_734_000);
  });
});

describe('retryAfterOf answers null', () => {
  const nonsense = [
    '',
    ' ',
    'soon',
    '-5',
    '+5',
    '1e3',
    '0x10',
    'NaN',
    'Infinity',
    '5 seconds',
    '5,5',
    '9'.repeat(400),
    'Thu, 31 Feb 2026 00:00:00 GMT',
    'Thu, 01 Foo 2026 00:00:00 GMT',
    'Thu, 01 Jan 2026 25:00:00 GMT',
    'Thu, 01 Jan 2026 00:60:00 GMT',
    'Thu, 01 Jan 9999 00:00:00 GMT',
    'Someday, 01-Jan-26 00:10:00 GMT',
    'Thu Jan 32 00:10:00 2026',
    'Thu Jan  1 00:10:00 2026 GMT',
    '2026-01-01T00:10:00Z',
    '1767226200000',
  ];
  test.each(nonsense)('to %j in the header', (text) => {
    expect(retryAfterOf({ headers: { 'retry-after': text } }, now)).toBeNull();
  });

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a string', '600'],
    ['a number', 600],
    ['an error without a header', new Error('429')],
    ['a Response without one', new Response(null, { status: 429 })],
    ['headers that are a string', { headers: 'retry-after: 600' }],
    ['headers that are null', { headers: null }],
    ['a header that is an object', { headers: { 'retry-after': { seconds: 600 } } }],
    ['a header that is NaN', { headers: { 'retry-after': Number.NaN } }],
    ['a header that is an empty list', { headers: { 'retry-after': [] } }],
  ])('to %s', (_what, value) => {
    expect(retryAfterOf(value)).toBeNull();
  });

  test('to what throws when it is looked at', () => {
    const thrower = (): never => {
      throw new Error('no');
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(
      retryAfterOf({
        get headers() {
          return thrower();
        },
      }),
    ).toBeNull();
    expect(retryAfterOf({ headers: { get: thrower } })).toBeNull();
    expect(retryAfterOf({ headers: new Proxy({}, { ownKeys: thrower }) })).toBeNull();
    expect(retryAfterOf(proxy)).toBeNull();
    expect(retryAfterOf(new Error('x', { cause: proxy }))).toBeNull();
  });

  test('to a circle of causes', () => {
    const error: Error & { cause?: unknown } = new Error('round');
    error.cause = error;
    expect(retryAfterOf(error)).toBeNull();
  });
});

describe('retryAfterOf still finds the time', () => {
  test('behind a response that says none', () => {
    const error = Object.assign(new Error('429'), {
      response: { status: 429, headers: {} },
      cause: { headers: { 'retry-after': '600' } },
    });
    expect(retryAfterOf(error)).toBe(600_000);
  });

  test('behind headers of its own that say none', () => {
    const error = Object.assign(new Error('429'), { headers: {}, response: { headers: { 'retry-after': '600' } } });
    expect(retryAfterOf(error)).toBe(600_000);
  });
});

/** As AxiosHeaders: values by name, and a `get` that answers undefined where there is none. */
function axiosHeaders(value: string): object {
  class AxiosHeaders {
    readonly 'retry-after': string = value;
    get(name: string): unknown {
      return Object.entries(this).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
    }
  }
  return new AxiosHeaders();
}
