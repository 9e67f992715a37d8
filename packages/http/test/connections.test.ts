import { afterEach, describe, expect, test } from '@jest/globals';
import { constants, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { circuitInterceptor, protectFetch } from '../src/index.js';
import { noCertificate, serveHttp2, type Http2Server } from './support/http2-server.js';
import { watched } from './support/outcomes.js';
import { serve, status } from './support/server.js';
import { majors, type Major } from './support/undici.js';

// What a client keeps, its connections and what it has agreed on with the server, is the same with circuits as without.

type Agent = InstanceType<Major['undici']['Agent']>;
type Composed = ReturnType<Agent['compose']>;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

function agentOf({ undici }: Major, options: ConstructorParameters<Major['undici']['Agent']>[0] = {}): Agent {
  const agent = new undici.Agent(options);
  closing.push(() => agent.destroy());
  return agent;
}

describe.each(majors)('undici $major: a pool over HTTP/1', (major) => {
  test('keeps its connection alive from call to call, failures too, and a refused call takes none', async () => {
    const sockets = new Set<unknown>();
    const server = await serve((request, response) => {
      sockets.add(request.socket);
      status(Number(request.url?.slice(1)))(request, response);
    });
    closing.push(() => server.close());
    const { factory } = watched({ failureCountThreshold: 2 });
    const agent = agentOf(major, { connections: 1 }).compose(circuitInterceptor(factory) as never);
    const ask = async (path: string) =>
      (await agent.request({ origin: server.origin, path, method: 'GET' })).body.text();
    for (const path of ['/200', '/404', '/500', '/200', '/500', '/500']) await ask(path);
    expect(sockets.size).toBe(1);
    await expect(ask('/200')).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
    expect([sockets.size, server.requests]).toEqual([1, 6]);
  });
});

const where = noCertificate === null ? describe : describe.skip;

where(`HTTP/2${noCertificate === null ? '' : ` (${noCertificate})`}`, () => {
  type Answer = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

  async function started(answer: Answer): Promise<Http2Server> {
    const server = await serveHttp2(answer);
    closing.push(() => server.close());
    return server;
  }

  const byPath: Answer = (request, response) => {
    request.resume();
    response.writeHead(Number(request.url.slice(1)), { 'x-version': request.httpVersion });
    response.end(`status ${request.url.slice(1)}`);
  };

  describe.each(majors)('undici $major', (major) => {
    const http2Agent = (server: Http2Server): Agent =>
      agentOf(major, { allowH2: true, connections: 1, connect: { ca: server.ca } });

    test('answers pass as they came and count by their status, side by side on as many connections as without', async () => {
      const codes = [200, 404, 500, 201, 503, 200, 200, 400];
      const asked = async (
        make: (agent: Agent) => Agent | Composed,
      ): Promise<{ texts: string[]; sessions: number }> => {
        const server = await started(byPath);
        const agent = make(http2Agent(server));
        const ask = async (code: number): Promise<string> => {
          const { statusCode, headers, body } = await agent.request({
            origin: server.origin,
            path: `/${code}`,
            method: 'GET',
          });
          return `${statusCode} by HTTP/${String(headers['x-version'])}: ${await body.text()}`;
        };
        const texts = [await ask(200), ...(await Promise.all(codes.map(ask)))];
        return { texts, sessions: server.sessions };
      };
      const { factory, outcomes } = watched();
      const without = await asked((agent) => agent);
      const with_ = await asked((agent) => agent.compose(circuitInterceptor(factory) as never));
      expect(with_).toEqual(without);
      expect(with_).toEqual({
        texts: [200, ...codes].map((code) => `${code} by HTTP/2.0: status ${code}`),
        sessions: 1,
      });
      expect([...outcomes].sort()).toEqual([...Array(2).fill('failure'), ...Array(7).fill('success')]);
    });

    test('a stream that is reset in its body is a failure, and its connection goes on', async () => {
      const server = await started((request, response) => {
        if (request.url !== '/reset') return byPath(request, response);
        response.writeHead(200);
        response.write('the beginning', () => response.stream.close(constants.NGHTTP2_INTERNAL_ERROR));
      });
      const { factory, outcomes } = watched();
      const agent = http2Agent(server).compose(circuitInterceptor(factory) as never);
      const { body } = await agent.request({ origin: server.origin, path: '/reset', method: 'GET' });
      await expect(body.text()).rejects.toThrow();
      expect(outcomes).toEqual(['failure']);
      const next = await agent.request({ origin: server.origin, path: '/200', method: 'GET' });
      expect(await next.body.text()).toBe('status 200');
      expect(outcomes).toEqual(['failure', 'success']);
    });

    test('a refused call opens no stream', async () => {
      const server = await started(byPath);
      const { factory } = watched({ failureCountThreshold: 1 });
      const agent = http2Agent(server).compose(circuitInterceptor(factory) as never);
      const ask = (path: string) => agent.request({ origin: server.origin, path, method: 'GET' });
      await (await ask('/500')).body.dump();
      await expect(ask('/200')).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
      expect(server.requests).toBe(1);
    });

    test("protectFetch around undici's fetch: bodies both ways, one connection", async () => {
      const server = await started((request, response) => {
        response.writeHead(200);
        request.pipe(response);
      });
      const { factory, outcomes } = watched();
      const guarded = protectFetch(factory, {}, major.undici.fetch);
      const dispatcher = http2Agent(server);
      for (const text of ['one', 'two']) {
        const response = await guarded(`${server.origin}/`, { method: 'POST', body: text, dispatcher });
        expect(await response.text()).toBe(text);
      }
      expect([outcomes, server.sessions]).toEqual([['success', 'success'], 1]);
    });
  });

  const own = majors.find(({ major }) => process.versions['undici']?.startsWith(`${major}.`));
  const withOwn = own === undefined ? test.skip : test;
  withOwn(
    `Node's own fetch${own === undefined ? ` (undici ${process.versions['undici']} is none of those here)` : ''}`,
    async () => {
      const server = await started(byPath);
      const { factory, outcomes } = watched({ failureCountThreshold: 2 });
      const dispatcher = agentOf(own as Major, { allowH2: true, connections: 1, connect: { ca: server.ca } });
      const guarded = protectFetch(factory);
      const ask = (code: number) => guarded(`${server.origin}/${code}`, { dispatcher } as never);
      for (const code of [200, 500, 500]) {
        const response = await ask(code);
        expect([response.headers.get('x-version'), await response.text()]).toEqual(['2.0', `status ${code}`]);
      }
      await expect(ask(200)).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
      expect([outcomes, server.sessions, server.requests]).toEqual([['success', 'failure', 'failure'], 1, 3]);
    },
  );
});
