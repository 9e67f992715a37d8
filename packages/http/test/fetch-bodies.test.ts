import { afterEach, describe, expect, test } from '@jest/globals';
import { VirtualClock } from '@circuitry/core/testing';
import { protectFetch } from '../src/index.js';
import { watched } from './support/outcomes.js';
import { breakOff, serve, stall, status, type Answer, type TestServer } from './support/server.js';

let server: TestServer | undefined;
afterEach(async () => server?.close());

async function started(answer: Answer): Promise<TestServer> {
  server = await serve(answer);
  return server;
}

const json: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"mails":3}');
};

describe('A good answer is reported once its body is over', () => {
  test('read to its end', async () => {
    const { url } = await started(json);
    const { factory, outcomes } = watched();
    const response = await protectFetch(factory)(url);
    expect(outcomes).toEqual([]);
    expect(await response.json()).toEqual({ mails: 3 });
    expect(outcomes).toEqual(['success']);
  });

  test('cancelled by its reader: by its status', async () => {
    const { url } = await started(stall);
    const { factory, outcomes } = watched();
    const response = await protectFetch(factory)(url);
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('the beginning');
    await reader?.cancel();
    expect(outcomes).toEqual(['success']);
    await (await protectFetch(factory)(url)).body?.cancel();
    expect(outcomes).toEqual(['success', 'success']);
  });

  test('broken off after good headers: a failure, and the reader has the error of fetch', async () => {
    const { url } = await started(breakOff);
    const { factory, outcomes } = watched({ failureCountThreshold: 1 });
    const response = await protectFetch(factory)(url);
    expect(response.ok).toBe(true);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(outcomes).toEqual(['failure']);
    await expect(protectFetch(factory)(url)).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
  });

  test("aborted by the caller's signal: ignored, and it stops", async () => {
    const { url } = await started(stall);
    const { factory, outcomes } = watched();
    const caller = new AbortController();
    const response = await protectFetch(factory)(url, { signal: caller.signal });
    const text = response.text();
    caller.abort();
    await expect(text).rejects.toMatchObject({ name: 'AbortError' });
    expect(outcomes).toEqual(['ignored']);
  });

  test('stalled while its reader waits: a failure after bodyTimeout, once; the transfer goes on', async () => {
    let finish = (): void => {};
    const { url } = await started((request, response) => {
      stall(request, response);
      finish = () => response.end('x'.repeat(1000 - 'the beginning'.length));
    });
    const clock = new VirtualClock();
    const { factory, outcomes, next } = watched();
    const response = await protectFetch(factory, { clock, bodyTimeout: '10s' })(url);
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = reader?.read();
    await clock.advance('9s');
    expect(outcomes).toEqual([]);
    const settled = next();
    await clock.advance('2s');
    expect(await settled).toBe('failure');
    finish();
    expect((await rest)?.done).toBe(false);
    await reader?.cancel();
    expect(outcomes).toEqual(['failure']);
  });

  test('never read: by its status after bodyTimeout', async () => {
    const { url } = await started(stall);
    const clock = new VirtualClock();
    const { factory, next } = watched();
    await protectFetch(factory, { clock, bodyTimeout: '10s' })(url);
    const settled = next();
    await clock.advance('11s');
    expect(await settled).toBe('success');
  });

  test('a stream without end: by its status after longestBody', async () => {
    let send = (): unknown => undefined;
    const { url } = await started((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      send = () => response.write('data: 1\n\n');
      send();
    });
    const clock = new VirtualClock();
    const { factory, outcomes } = watched();
    const response = await protectFetch(factory, { clock, bodyTimeout: '30s', longestBody: '60s' })(url);
    const reader = response.body?.getReader();
    for (let piece = 0; piece < 4; piece += 1) {
      expect(outcomes).toEqual([]);
      await reader?.read();
      send();
      await clock.advance('16s');
    }
    await clock.advance('1s');
    expect(outcomes).toEqual(['success']);
    await reader?.cancel();
  });
});

describe('The answer is the one of fetch', () => {
  test('class, url, redirected, headers, clone and readers with their own buffers', async () => {
    const { url } = await started((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/there' }).end();
      else
        response
          .writeHead(
            200,
            'Fine',
            [
              ['set-cookie', 'a=1'],
              ['set-cookie', 'b=2'],
              ['x', 'y'],
            ].flat(),
          )
          .end('hello');
    });
    const { factory, outcomes } = watched();
    const response = await protectFetch(factory)(url);
    expect(response).toBeInstanceOf(Response);
    expect(response).toMatchObject({
      url: `${url}there`,
      redirected: true,
      type: 'basic',
      statusText: 'Fine',
      ok: true,
    });
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    const clone = response.clone();
    expect(clone.url).toBe(`${url}there`);
    expect(clone.clone().redirected).toBe(true);
    const reader = clone.body?.getReader({ mode: 'byob' });
    expect(Buffer.from((await reader?.read(new Uint8Array(3)))?.value ?? []).toString()).toBe('hel');
    expect(Buffer.from((await reader?.read(new Uint8Array(3)))?.value ?? []).toString()).toBe('lo');
    expect((await reader?.read(new Uint8Array(3)))?.done).toBe(true);
    expect(response.bodyUsed).toBe(false);
    expect(await response.text()).toBe('hello');
    expect(response.bodyUsed).toBe(true);
    await expect(response.text()).rejects.toMatchObject({ name: 'TypeError' });
    // One call, redirect and clones included.
    expect(outcomes).toEqual(['success']);
  });

  test('an empty body ends at once, for every way of reading', async () => {
    const { url } = await started((_request, response) => response.writeHead(200).end());
    const { factory, outcomes } = watched();
    const fetch = protectFetch(factory);
    expect(await (await fetch(url)).text()).toBe('');
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(0);
    const reader = (await fetch(url)).body?.getReader({ mode: 'byob' });
    expect((await reader?.read(new Uint8Array(3)))?.done).toBe(true);
    expect(outcomes).toEqual(['success', 'success', 'success']);
  });

  test('a large body comes whole, and its reader sets the pace', async () => {
    const size = 5_000_000;
    const { url } = await started((_request, response) => response.end(Buffer.alloc(size, 7)));
    const { factory, outcomes } = watched();
    const bytes = new Uint8Array(await (await protectFetch(factory)(url)).arrayBuffer());
    expect(bytes.length).toBe(size);
    expect(bytes.every((byte) => byte === 7)).toBe(true);
    expect(outcomes).toEqual(['success']);
  });
});

describe('What is sent goes to fetch as it is', () => {
  const echo: Answer = (request, response) => request.pipe(response);

  test('a Request keeps its body, and its signal stops it', async () => {
    const { url } = await started(echo);
    const { factory } = watched();
    const request = new Request(url, { method: 'POST', body: 'a body' });
    const answer = protectFetch(factory)(request);
    expect(await (await answer).text()).toBe('a body');
    expect(request.bodyUsed).toBe(true);
    const caller = new AbortController();
    caller.abort();
    await expect(protectFetch(factory)(new Request(url, { signal: caller.signal }))).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  test("a stream as body, with duplex: 'half'", async () => {
    const { url } = await started(echo);
    const { factory, outcomes } = watched();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const word of ['one ', 'two']) controller.enqueue(new TextEncoder().encode(word));
        controller.close();
      },
    });
    const response = await protectFetch(factory)(url, { method: 'POST', body, duplex: 'half' });
    expect(await response.text()).toBe('one two');
    expect(outcomes).toEqual(['success']);
  });

  test('a refused Request is not touched: it can be sent later', async () => {
    const { url } = await started(status(500));
    const { factory } = watched({ failureCountThreshold: 1 });
    const fetch = protectFetch(factory);
    await fetch(url);
    const request = new Request(url, { method: 'POST', body: 'a body' });
    await expect(fetch(request)).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
    expect(request.bodyUsed).toBe(false);
    expect(await request.text()).toBe('a body');
  });

  test('connections are kept alive', async () => {
    const sockets = new Set<unknown>();
    const { url } = await started((request, response) => {
      sockets.add(request.socket);
      response.end('x');
    });
    const { factory } = watched();
    const protectedFetch = protectFetch(factory);
    const used = async (ask: typeof fetch): Promise<number> => {
      sockets.clear();
      for (let call = 0; call < 6; call += 1) await (await ask(url)).text();
      return sockets.size;
    };
    // undici sometimes opens a second one by itself.
    expect(await used(protectedFetch)).toBeLessThanOrEqual(2);
  });
});
