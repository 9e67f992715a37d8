import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { VirtualClock } from '@circuitry/core/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RedisBackend, type RedisClient } from '@circuitry/backend-redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { until } from '../../../tooling/servers/redis.mjs';
import type { Connected } from './support/clients.js';
import { glide, noGlide } from './support/glide.js';

/** A server that takes every connection and never says a word. */
let server: Server;
const sockets = new Set<Socket>();
beforeEach(async () => {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** Nobody gives an attempt up meanwhile, ms: it ends because it is ended. Only glide's can't be, and ends after 2 s. */
const forEver = 600_000;

/** Clients of the user's that are connected to nothing: what connects is the backend's own. */
type Make = (port: number) => Connected | Promise<Connected>;
const lazyIoredis: Make = (port) => {
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, connectTimeout: forEver });
  return { client, end: () => client.disconnect() };
};
const closedNodeRedis: Make = (port) => {
  const client = createClient({ socket: { port, host: '127.0.0.1', connectTimeout: forEver } });
  return { client: client as unknown as RedisClient, end: () => {} };
};
const lazyGlide: Make = async (port) => {
  const options = { addresses: [{ host: '127.0.0.1', port }], lazyConnect: true };
  const client = await glide().GlideClient.createClient(options);
  // Or it would keep this process from ending.
  return { client, end: () => client.close() };
};
const clients: readonly (readonly [string, Make])[] = [
  ['ioredis', lazyIoredis],
  ['node-redis', closedNodeRedis],
  ...(noGlide === null ? [['valkey-glide', lazyGlide] as const] : []),
];

describe.each(clients)('With %s, a backend that is closed while it connects', (_, make) => {
  test('leaves no connection behind, though the server never answers', async () => {
    const { client, end } = await make((server.address() as AddressInfo).port);
    // Time stands still: the backend gives nothing up either.
    const backend = new RedisBackend({ client, clock: new VirtualClock() });
    const controller = new AbortController();
    const call = backend.retrieve('x', { signal: controller.signal }).catch((error: unknown) => error);
    await until('the connection to come', async () => sockets.size > 0);
    controller.abort();
    expect(await call).toMatchObject({ code: 'ERR_STORAGE' });
    await backend.close();
    await until('the connection to go', async () => sockets.size === 0, 60_000);
    await end();
  });
});
