import { afterEach, describe, expect, test } from '@jest/globals';
import { CircuitBreakerFactory, MemoryBackend, circuitName } from '@circuitry/core';
import { runInNewContext } from 'node:vm';
import { circuitInterceptor, protectAxios, protectFetch } from '../src/index.js';
import { watched } from './support/outcomes.js';
import { serve, status, type Answer, type TestServer } from './support/server.js';

let server: TestServer | undefined;
afterEach(async () => server?.close());

async function started(answer: Answer): Promise<TestServer> {
  server = await serve(answer);
  return server;
}

describe('What a status counts as', () => {
  test.each([
    [200, 'success'],
    [204, 'success'],
    [304, 'success'],
    [404, 'success'],
    [401, 'success'],
    [429, 'failure'],
    [500, 'failure'],
    [503, 'failure'],
    [504, 'failure'],
  ])('%i is a %s, and reaches the caller as it came', async (code, outcome) => {
    const { url } = await started(status(code));
    const { factory, outcomes } = watched();
    const response = await protectFetch(factory)(url);
    expect(response.status).toBe(code);
    expect(await response.text()).toBe(code === 204 || code === 304 ? '' : `status ${code}`);
    expect(outcomes).toEqual([outcome]);
  });

  test('A rule of the user decides first, and leaves the rest to the default', async () => {
    const { url } = await started((request, response) => status(Number(request.url?.slice(1)))(request, response));
    const { factory, outcomes } = watched();
    const fetch = protectFetch(factory, {
      responseOutcome: ({ status: code }) => (code === 404 ? 'failure' : code === 500 ? 'ignored' : undefined),
    });
    for (const code of [404, 500, 502, 200]) await (await fetch(`${url}${code}`)).text();
    expect(outcomes).toEqual(['failure', 'ignored', 'failure', 'success']);
  });

  test('A HEAD request and an answer without a body are reported at once', async () => {
    const { url } = await started(status(200));
    const { factory, outcomes } = watched();
    await protectFetch(factory)(url, { method: 'HEAD' });
    expect(outcomes).toEqual(['success']);
  });
});

describe('A rule of the user that is at fault', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'throws',
      () => {
        throw new Error('a bug');
      },
      /threw: the default decided/,
    ],
    ['answers another word', () => 'bad', /answered "bad".*may answer 'success'/],
    ['answers a promise', async () => 'failure', /answered a promise/],
    ['answers a promise of another realm', () => runInNewContext('Promise.resolve()'), /answered a promise/],
    ['answers what has no text', () => Object.create(null), /answered \{\}/],
    [
      'answers an outcome that throws when it is read',
      () => ({
        kind: 'failure',
        get openFor() {
          throw new Error('a bug');
        },
      }),
      /threw: the default decided/,
    ],
    ['answers an outcome misspelt', () => ({ kind: 'fail', openFor: 5 }), /answered \{"kind":"fail","openFor":5\}/],
  ])('%s: the answer reaches the caller, the default decides, and onFault hears of it', async (_how, rule, told) => {
    const { url } = await started(status(500));
    const { factory, outcomes } = watched();
    const faults: Error[] = [];
    const options = { responseOutcome: rule as never, onFault: (fault: Error) => void faults.push(fault) };
    const response = await protectFetch(factory, options)(url);
    expect([response.status, await response.text()]).toEqual([500, 'status 500']);
    expect(outcomes).toEqual(['failure']);
    expect(faults.map(String)).toEqual([expect.stringMatching(told)]);
    expect(String(faults[0])).toContain(`circuit "${new URL(url).origin}"`);
  });

  test('A promise that it answers and that rejects is heard: it does not end the process', async () => {
    const { url } = await started(status(500));
    let isHeard = false;
    const rejecting = { then: (_done: unknown, failed: unknown) => void (isHeard = typeof failed === 'function') };
    const options = { responseOutcome: () => rejecting as never, onFault: () => {} };
    expect((await protectFetch(watched().factory, options)(url)).status).toBe(500);
    expect(isHeard).toBe(true);
  });

  test('errorOutcome: the error is the one of fetch, also where onFault throws too', async () => {
    const { url, close } = await started(status(200));
    await close();
    server = undefined;
    const { factory, outcomes } = watched();
    const bug = (): never => {
      throw new Error('a bug');
    };
    await expect(protectFetch(factory, { errorOutcome: bug, onFault: bug })(url)).rejects.toThrow('fetch failed');
    expect(outcomes).toEqual(['failure']);
  });
});

describe('What an error counts as', () => {
  test('A server that nobody answers at is a failure, and the error is the one of fetch', async () => {
    const { url, close } = await started(status(200));
    await close();
    server = undefined;
    const { factory, outcomes } = watched();
    await expect(protectFetch(factory)(url)).rejects.toThrow('fetch failed');
    expect(outcomes).toEqual(['failure']);
  });

  test("The caller's abort is ignored; a time-out that he set is a failure", async () => {
    let arrived = (): void => {};
    const { url } = await started(() => arrived());
    const { factory, outcomes } = watched();
    const fetch = protectFetch(factory);
    const caller = new AbortController();
    const sent = new Promise<void>((resolve) => (arrived = resolve));
    const answer = fetch(url, { signal: caller.signal });
    await sent;
    caller.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    expect(outcomes).toEqual(['ignored']);
    outcomes.length = 0;
    await expect(fetch(url, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(outcomes).toEqual(['failure']);
  });

  test.each<[string, unknown[]]>([
    ['no URL', ['nope']],
    ['a GET with a body', ['URL', { body: 'x' }]],
    ['a header that is none', ['URL', { headers: { 'a b': 'c' } }]],
    ['a signal that is none', ['URL', { signal: {} }]],
    ['a wrong length', ['URL', { method: 'POST', body: 'a', headers: { 'content-length': '5' } }]],
    ['a stream without duplex', ['URL', { method: 'POST', body: new ReadableStream() }]],
  ])('A wrong use of fetch is no failure of the server: %s', async (_title, [input, init]) => {
    const { url } = await started(status(200));
    const { factory, outcomes } = watched();
    const fetch = protectFetch(factory);
    await expect(fetch(input === 'URL' ? url : String(input), init as RequestInit)).rejects.toMatchObject({
      name: 'TypeError',
    });
    expect(outcomes.filter((outcome) => outcome !== 'ignored')).toEqual([]);
  });

  test("The factory's own matchers decide errors where that is asked for", async () => {
    const { url, close } = await started(status(200));
    await close();
    server = undefined;
    const { factory, outcomes } = watched({ errorMatcher: () => 'ignored' });
    await expect(protectFetch(factory, { errorOutcome: 'factory' })(url)).rejects.toThrow();
    await expect(protectFetch(factory)(url)).rejects.toThrow();
    await expect(protectFetch(factory, { errorOutcome: () => 'success' })(url)).rejects.toThrow();
    expect(outcomes).toEqual(['ignored', 'failure', 'success']);
  });
});

describe('Which circuit', () => {
  test('Each origin has its own, whatever the path; another origin goes on', async () => {
    const bad = await started(status(500));
    const good = await serve(status(200));
    const { factory } = watched({ failureCountThreshold: 2 });
    const fetch = protectFetch(factory);
    await fetch(`${bad.url}a`);
    await fetch(`${bad.url}b?c`);
    await expect(fetch(`${bad.url}d`)).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN', circuitName: bad.origin });
    expect(bad.requests).toBe(2);
    expect((await fetch(good.url)).status).toBe(200);
    await good.close();
  });

  test('A function names it by what is asked, the context comes from the call; null leaves it unprotected', async () => {
    const { url } = await started(status(500));
    const seen: string[] = [];
    const factory = new CircuitBreakerFactory<{ tenantId: string }>({
      backend: new MemoryBackend(),
      nameFor: (circuit, { tenantId }) => circuitName(circuit, tenantId),
    });
    factory.on('settled', ({ name }) => seen.push(name));
    const fetch = protectFetch(factory, {
      circuit: ({ hostname, pathname }) => (pathname === '/free' ? null : hostname),
    });
    await fetch(url, { circuitContext: { tenantId: 'acme' } });
    await fetch(new URL(url), { circuitContext: { tenantId: 'globex' }, method: 'PUT' });
    expect((await fetch(`${url}free`)).status).toBe(500);
    const byHeader = protectFetch(factory, {
      circuit: 'mail',
      context: (target) => ({ tenantId: target.header('x-tenant') ?? '-' }),
    });
    await byHeader(url, { headers: { 'X-Tenant': 'acme' } });
    await byHeader(new Request(url, { headers: { 'x-tenant': 'initech' } }));
    expect(seen).toEqual(['127.0.0.1/acme', '127.0.0.1/globex', 'mail/acme', 'mail/initech']);
  });
});

describe('A refusal', () => {
  test('rejects, or is an answer with Retry-After that names no circuit', async () => {
    const { url } = await started(status(500));
    const { factory } = watched({ failureCountThreshold: 1, allowAfter: '90s', retryJitter: 0 });
    await protectFetch(factory)(url);
    await expect(protectFetch(factory)(url)).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
    const response = await protectFetch(factory, { refusal: 'response' })(url);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(80);
    expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(90);
    expect(await response.json()).toEqual({ title: 'Service Unavailable', status: 503, code: 'ERR_CIRCUIT_OPEN' });
    expect(server?.requests).toBe(1);
  });

  test('Wrong options are told all at once', () => {
    const { factory } = watched();
    const options = { circuit: '', bodyTimeout: 0, refusal: 'maybe', retries: 3 } as never;
    expect(() => protectFetch(factory, options)).toThrow(/4 settings are wrong[^]*circuit[^]*bodyTimeout[^]*refusal/);
  });

  test('What is no factory, no fetch or no axios is told where it is made, not at the first call', () => {
    const { factory } = watched();
    expect(() => protectFetch(undefined as never)).toThrow(
      /factory: expected an object with breakerFor, got undefined/,
    );
    expect(() => protectFetch(factory, {}, {} as never)).toThrow(/fetch: expected a function/);
    expect(() => circuitInterceptor(null as never)).toThrow(/factory: expected an object with breakerFor/);
    expect(() => protectAxios(factory as never, {} as never)).toThrow(/instance: expected axios[^]*factory/);
  });
});
