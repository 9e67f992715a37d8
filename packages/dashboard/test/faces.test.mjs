import { MemoryBackend } from '@circuitry/core';
import { dashboard, onlyLoopback } from '@circuitry/dashboard';
import { expressPanel } from '@circuitry/dashboard/express';
import { serve } from '@circuitry/dashboard/node';
import { describe, expect, test } from '@jest/globals';
import express from 'express';
import { once } from 'node:events';
import { request } from 'node:http';
import { startExpress } from '../examples/express.mjs';
import { startFastify } from '../examples/fastify.mjs';
import { startHono } from '../examples/hono.mjs';
import { startNode } from '../examples/node.mjs';

const faces = { express: startExpress, fastify: startFastify, hono: startHono, 'node:http': startNode };

async function on(start, work) {
  const backend = new MemoryBackend();
  const app = await start(backend, onlyLoopback({ write: true, by: 'ada' }));
  try {
    await work(app.url, backend);
  } finally {
    await app.close();
  }
}

describe.each(Object.entries(faces))('on %s', (_name, start) => {
  test('the panel answers under its base path, and the app everywhere else', async () => {
    await on(start, async (url) => {
      const page = await fetch(`${url}/circuits/`);
      expect(page.status).toBe(200);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await page.text()).toContain('data-base="/circuits"');
      expect((await fetch(`${url}/circuits`)).status).toBe(200);
      expect(await (await fetch(`${url}/health`)).text()).toBe('well');
      expect(await (await fetch(`${url}/circuits/api/overview`)).json()).toMatchObject({ counts: { open: 0 } });
      const file = /src="([^"]+)"/.exec(await (await fetch(`${url}/circuits/list`)).text())[1];
      expect((await fetch(url + file)).status).toBe(200);
    });
  });

  test('an act is done, body and all', async () => {
    await on(start, async (url, backend) => {
      const answer = await forceOpen(url, { for: 60_000 });
      expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'done' }]);
      expect((await backend.retrieve('mail/acme')).record.override).toMatchObject({
        state: 'open',
        by: 'ada',
        reason: 'why',
      });
    });
  });

  test('a stream comes as it is written, and ends with the panel', async () => {
    let ended;
    await on(start, async (url) => {
      const answer = await fetch(`${url}/circuits/api/events`);
      expect(answer.headers.get('content-type')).toContain('text/event-stream');
      // Express' compression, and proxies that compress, hold back what they may transform.
      expect(answer.headers.get('cache-control')).toBe('no-store, no-transform');
      const reader = answer.body.getReader();
      const decoder = new TextDecoder();
      let text = '';
      while (!text.includes('hello')) text += decoder.decode((await reader.read()).value);
      ended = (async () => {
        while (!(await reader.read()).done);
      })().catch(() => {});
    });
    await ended;
  });

  test('who is not at this machine is not taken for somebody who is, whatever host they name', async () => {
    await on(start, async (url) => {
      const { port } = new URL(url);
      const status = await new Promise((resolve, reject) => {
        const asked = request({ port, host: '127.0.0.1', path: '/circuits/', headers: { host: 'evil.example' } });
        asked
          .on('response', (answer) => resolve(answer.resume().statusCode))
          .on('error', reject)
          .end();
      });
      expect(status).toBe(403);
    });
  });
});

test.each(['json', 'text', 'raw'])('an act is done behind express.%s, which has read its body', async (parser) => {
  const panel = dashboard({
    backend: new MemoryBackend(),
    basePath: '/circuits',
    authorize: () => ({ read: true, write: true }),
  });
  const app = express();
  app.use(express[parser]({ type: '*/*' }));
  app.use('/circuits', expressPanel(panel));
  const server = app.listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const url = `http://127.0.0.1:${server.address().port}`;
    const answer = await forceOpen(url, { for: null });
    expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'done' }]);
  } finally {
    await panel.close();
    server.close();
    server.closeAllConnections();
  }
});

test('serve listens on loopback alone, says where, and lets the process end', async () => {
  const served = await serve(dashboard({ backend: new MemoryBackend(), basePath: '/x' }));
  expect(served.url).toBe(`http://127.0.0.1:${served.port}/x/`);
  expect((await fetch(served.url)).status).toBe(200);
  await expect(serve({ backend: new MemoryBackend() })).rejects.toThrow(
    /panel: expected the panel that dashboard\(\) made/,
  );
  await expect(serve(dashboard({ backend: new MemoryBackend() }), { port: 'x' })).rejects.toThrow(
    /port: expected a port/,
  );
  const taken = await serve(dashboard({ backend: new MemoryBackend() }), { port: served.port }).catch((error) => error);
  expect(taken).toMatchObject({ code: 'EADDRINUSE' });
  await served.close();
  await expect(fetch(served.url)).rejects.toThrow();
});

/** Forces `mail/acme` open, as a browser does that has looked at the panel. */
async function forceOpen(url, time) {
  const session = await fetch(`${url}/circuits/api/session`);
  const { token } = await session.json();
  return fetch(`${url}/circuits/api/act`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-circuitry-token': token,
      origin: url,
      cookie: session.headers.get('set-cookie').split(';')[0],
    },
    body: JSON.stringify({ name: 'mail/acme', verb: 'open', reason: 'why', ...time, revision: 0 }),
  });
}
