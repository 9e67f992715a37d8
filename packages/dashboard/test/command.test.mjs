import { RedisBackend } from '@circuitry/backend-redis';
import { CircuitBreakerFactory, MemoryBackend } from '@circuitry/core';
import { dashboard } from '@circuitry/dashboard';
import { serve } from '@circuitry/dashboard/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { redisServer, startRedis } from '../../../tooling/servers/redis.mjs';

// `circuitry dashboard`, as a process of its own: the command as it is built finds this package in the folder it is used in.

const folder = fileURLToPath(new URL('..', import.meta.url));
const command = fileURLToPath(new URL('../../cli/dist/cli.js', import.meta.url));
const found = redisServer();
const where = 'missing' in found ? describe.skip : describe;

where(`circuitry dashboard${'missing' in found ? ` (${found.missing})` : ''}`, () => {
  let server;
  let client;
  let factory;
  let children = [];

  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url);
    factory = new CircuitBreakerFactory({ backend: new RedisBackend({ client }), storageTimeout: '1m' });
    await factory.breakerFor('send-mail/acme').forceOpen({ reason: 'invoice unpaid', by: 'ada' });
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    children = [];
  });
  afterAll(async () => {
    await factory?.close();
    client?.disconnect();
    await server?.stop();
  });

  function start(...words) {
    const child = spawn(process.execPath, [command, 'dashboard', ...words, '--redis', server.url], { cwd: folder });
    children.push(child);
    const run = { child, out: '', err: '', ended: once(child, 'close').then(([code]) => code) };
    child.stdout.on('data', (text) => (run.out += text));
    child.stderr.on('data', (text) => (run.err += text));
    return run;
  }

  /** One that listens: its address is all that it prints. */
  async function started() {
    const run = start('--port', '0');
    while (!run.out.includes('\n')) {
      const code = await Promise.race([run.ended, once(run.child.stdout, 'data').then(() => 'prints')]);
      if (code !== 'prints') throw new Error(`it ended with ${code}: ${run.err}`);
    }
    return { run, url: run.out.trim() };
  }

  test('serves the circuits of the store on loopback, and prints where', async () => {
    const { run, url } = await started();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/circuits\/$/);
    const page = await fetch(url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    const file = /src="([^"]+)"/.exec(await page.text())[1];
    expect((await fetch(new URL(file, url))).status).toBe(200);
    expect(await (await fetch(`${url}api/overview`)).json()).toMatchObject({ counts: { forcedOpen: 1 } });
    expect(run.err).toContain('to read only, on this machine only');
  });

  test('is to be read only: an act is refused, and nothing is changed', async () => {
    const { url } = await started();
    const session = await fetch(`${url}api/session`);
    const { token } = await session.json();
    const answer = await fetch(`${url}api/act`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-circuitry-token': String(token),
        origin: new URL(url).origin,
        cookie: session.headers.get('set-cookie')?.split(';')[0] ?? '',
      },
      body: JSON.stringify({ name: 'send-mail/acme', verb: 'release', reason: '', revision: 0 }),
    });
    expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'ERR_READ_ONLY' }]);
    expect((await factory.breakerFor('send-mail/acme').information()).override).toMatchObject({ by: 'ada' });
  });

  test('is for this machine only: no other address of it answers, and no other host is let in', async () => {
    const { url } = await started();
    const { port } = new URL(url);
    // On Linux all of 127.0.0.0/8 is this machine: whoever listens on every address would answer there.
    await expect(fetch(`http://127.0.0.2:${port}/circuits/`)).rejects.toThrow();
    const asked = request({ port, host: '127.0.0.1', path: '/circuits/', headers: { host: 'evil.example' } }).end();
    const [answer] = await once(asked, 'response');
    answer.resume();
    expect(answer.statusCode).toBe(403);
  });

  test.each(['SIGTERM', 'SIGINT'])('%s ends it in order, with 0, also while somebody looks', async (signal) => {
    const { run, url } = await started();
    const events = await fetch(`${url}api/events`);
    expect(events.status).toBe(200);
    run.child.kill(signal);
    expect(await run.ended).toBe(0);
    await events.body.cancel().catch(() => {});
    await expect(fetch(url)).rejects.toThrow();
  });

  test('a port that is taken is wrong use, told with what to do', async () => {
    const other = await serve(dashboard({ backend: new MemoryBackend() }));
    const run = start('--port', String(other.port));
    expect(await run.ended).toBe(2);
    expect(run.err).toBe(`Port ${other.port} is taken. Give another with --port, or --port 0 for any that is free.\n`);
    await other.close();
  });
});
