import { afterEach, describe, expect, test } from '@jest/globals';
import { VirtualClock } from '@circuitry/core/testing';
import { Readable } from 'node:stream';
import { circuitInterceptor } from '../src/index.js';
import { watched } from './support/outcomes.js';
import { breakOff, serve, stall, status, type Answer, type TestServer } from './support/server.js';
import { majors, noUndici8 } from './support/undici.js';

if (noUndici8 !== null) test.skip(`undici 8 (${noUndici8})`, () => {});

describe.each(majors)('undici $major', ({ undici }) => {
  const { Agent, interceptors, fetch: undiciFetch } = undici;
  let server: TestServer | undefined;
  let agents: { close(): Promise<void>; destroy(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(agents.map((agent) => agent.destroy()));
    agents = [];
    await server?.close();
  });

  type Interceptor = ReturnType<typeof circuitInterceptor>;

  function agentOf(...composed: (Interceptor | ReturnType<typeof interceptors.retry>)[]) {
    const agent = new Agent();
    agents.push(agent);
    return agent.compose(...(composed as ReturnType<typeof interceptors.retry>[]));
  }

  async function started(answer: Answer): Promise<TestServer> {
    server = await serve(answer);
    return server;
  }

  test('An answer counts by its status once its body is read, and passes as it came', async () => {
    const { origin } = await started((request, response) =>
      status(Number(request.url?.slice(1)), { x: 'y' })(request, response),
    );
    const { factory, outcomes } = watched();
    const agent = agentOf(circuitInterceptor(factory));
    for (const code of [200, 404, 500, 429]) {
      const { statusCode, headers, body } = await agent.request({ origin, path: `/${code}`, method: 'GET' });
      expect([statusCode, headers.x, await body.text()]).toEqual([code, 'y', `status ${code}`]);
    }
    expect(outcomes).toEqual(['success', 'success', 'failure', 'failure']);
  });

  test('An open circuit rejects, and nothing is sent; a stream as body is let go', async () => {
    const { origin, requests } = await started(status(500));
    const { factory } = watched({ failureCountThreshold: 1 });
    const agent = agentOf(circuitInterceptor(factory));
    await (await agent.request({ origin, path: '/', method: 'GET' })).body.dump();
    const body = Readable.from(['never sent']);
    await expect(agent.request({ origin, path: '/', method: 'POST', body })).rejects.toMatchObject({
      code: 'ERR_CIRCUIT_OPEN',
      circuitName: origin,
    });
    expect(body.destroyed).toBe(true);
    expect(server?.requests).toBe(requests + 1);
  });

  test('A body that breaks off is a failure; one that its reader leaves counts by its status; an abort is ignored', async () => {
    let answer = breakOff;
    const { origin } = await started((request, response) => answer(request, response));
    const { factory, outcomes, next } = watched();
    const agent = agentOf(circuitInterceptor(factory));
    const first = await agent.request({ origin, path: '/', method: 'GET' });
    await expect(first.body.text()).rejects.toThrow();
    expect(outcomes).toEqual(['failure']);

    answer = stall;
    const left = next();
    (await agent.request({ origin, path: '/', method: 'GET' })).body.on('error', () => {}).destroy();
    expect(await left).toBe('success');

    const caller = new AbortController();
    const aborted = next();
    const third = await agent.request({ origin, path: '/', method: 'GET', signal: caller.signal });
    const text = third.body.text();
    caller.abort();
    await expect(text).rejects.toMatchObject({ name: 'AbortError' });
    expect(await aborted).toBe('ignored');
  });

  test('A body that stalls is a failure after bodyTimeout', async () => {
    const { origin } = await started(stall);
    const clock = new VirtualClock();
    const { factory, next } = watched();
    const agent = agentOf(circuitInterceptor(factory, { clock, bodyTimeout: '10s' }));
    const { body } = await agent.request({ origin, path: '/', method: 'GET' });
    for await (const piece of body) {
      expect(String(piece)).toBe('the beginning');
      break;
    }
    const again = await agent.request({ origin, path: '/', method: 'GET' });
    const iterator = again.body[Symbol.asyncIterator]();
    await iterator.next();
    const settled = next();
    await clock.advance('11s');
    expect(await settled).toBe('failure');
  });

  test('Composed last it counts retries and redirects once, by the last answer', async () => {
    let tries = 0;
    const { origin } = await started((request, response) => {
      if (request.url === '/moved') return status(302, { location: '/flaky' })(request, response);
      tries += 1;
      return status(tries < 3 ? 503 : 200)(request, response);
    });
    const { factory, outcomes } = watched();
    const agent = agentOf(
      interceptors.retry({ minTimeout: 1, maxTimeout: 5 }),
      interceptors.redirect({ maxRedirections: 3 }),
      circuitInterceptor(factory),
    );
    const { statusCode, body } = await agent.request({ origin, path: '/moved', method: 'GET' });
    expect([statusCode, await body.text(), tries]).toEqual([200, 'status 200', 3]);
    expect(outcomes).toEqual(['success']);
  });

  test('Retries that are used up count once, as a failure, and their Retry-After is heard', async () => {
    const { origin } = await started(status(503, { 'retry-after': '0' }));
    const { factory, outcomes } = watched();
    const agent = agentOf(
      interceptors.retry({ minTimeout: 1, maxTimeout: 5, maxRetries: 2 }),
      circuitInterceptor(factory),
    );
    await expect(agent.request({ origin, path: '/', method: 'GET' })).rejects.toMatchObject({ statusCode: 503 });
    expect(server?.requests).toBeGreaterThan(1);
    expect(outcomes).toEqual(['failure']);
  });

  test('Composed first it meets each try, and an open circuit ends the retries', async () => {
    const { origin } = await started(status(503));
    const { factory, outcomes } = watched({ failureCountThreshold: 2 });
    const agent = agentOf(
      circuitInterceptor(factory),
      interceptors.retry({ minTimeout: 1, maxTimeout: 5, maxRetries: 9 }),
    );
    await expect(agent.request({ origin, path: '/', method: 'GET' })).rejects.toMatchObject({
      code: 'ERR_CIRCUIT_OPEN',
    });
    expect(outcomes).toEqual(['failure', 'failure']);
    expect(server?.requests).toBe(2);
  });

  test.each([
    ['before', true],
    ['behind', false],
  ])(
    'With dns, composed %s it, the circuit has the name and not the address where it is outermost',
    async (_word, isFirst) => {
      const { origin } = await started(status(200));
      const { factory, outcomes } = watched();
      const names: string[] = [];
      factory.on('settled', ({ name }) => names.push(name));
      const own = circuitInterceptor(factory);
      const dns = interceptors.dns({ affinity: 4, dualStack: false });
      const agent = isFirst ? agentOf(own, dns) : agentOf(dns, own);
      const named = origin.replace('127.0.0.1', 'localhost');
      const { statusCode, body } = await agent.request({ origin: named, path: '/', method: 'GET' });
      expect([statusCode, await body.text()]).toEqual([200, 'status 200']);
      expect(outcomes).toEqual(['success']);
      expect(names).toEqual([isFirst ? origin : named]);
    },
  );

  test('It is the dispatcher of fetch as well: redirects and bodies included', async () => {
    const { url } = await started((request, response) =>
      request.url === '/' ? status(302, { location: '/there' })(request, response) : status(200)(request, response),
    );
    const { factory, outcomes } = watched();
    const dispatcher = agentOf(circuitInterceptor(factory));
    const response = await undiciFetch(url, { dispatcher });
    expect(await response.text()).toBe('status 200');
    // fetch asks for each hop by itself.
    expect(outcomes).toEqual(['success', 'success']);
  });

  test('A context from the call, wrong use and pipelines', async () => {
    const { origin } = await started((request, response) => request.pipe(response));
    const { factory, outcomes } = watched({ nameFor: (circuit, { tenantId }) => `${circuit}/${tenantId}` });
    const names: string[] = [];
    factory.on('settled', ({ name }) => names.push(name));
    const agent = agentOf(circuitInterceptor(factory, { circuit: 'echo' }));
    const { body } = await agent.request({
      origin,
      path: '/',
      method: 'POST',
      body: Readable.from(['a ', 'body']),
      circuitContext: { tenantId: 'acme' },
    } as never);
    expect(await body.text()).toBe('a body');
    await expect(agent.request({ origin, path: 'no slash', method: 'GET' })).rejects.toMatchObject({
      code: 'UND_ERR_INVALID_ARG',
    });
    expect(outcomes.filter((outcome) => outcome !== 'ignored')).toEqual(['success']);
    expect(names[0]).toBe('echo/acme');
  });
});

describe.each(majors.filter(({ major }) => major !== '6'))('undici $major', ({ undici }) => {
  test('responseError: an error that tells a status counts by it', async () => {
    const server = await serve((request, response) => status(Number(request.url?.slice(1)))(request, response));
    const { factory, outcomes } = watched();
    const agent = new undici.Agent();
    const composed = agent.compose(undici.interceptors.responseError(), circuitInterceptor(factory));
    const ask = (code: number) => composed.request({ origin: server.origin, path: `/${code}`, method: 'GET' });
    await expect(ask(404)).rejects.toMatchObject({ statusCode: 404 });
    await expect(ask(502)).rejects.toMatchObject({ statusCode: 502 });
    expect(outcomes).toEqual(['success', 'failure']);
    await agent.destroy();
    await server.close();
  });
});
