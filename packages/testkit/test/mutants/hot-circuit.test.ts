import { describe, expect, test } from '@jest/globals';
import type { StorageBackend } from '@circuitry/core';
import { recordOf } from '../../src/checks/records.js';
import { ReadFirstBackend, ReferenceBackend, Server } from './reference/mutant.js';

/** How many requests so many callers need who settle one circuit at once, each in a process of its own. */
async function requestsOf(Backend: new (server: Server) => StorageBackend, callers: number): Promise<number> {
  const server = new Server();
  await new Backend(server).store('hot', null, recordOf(1), { ttl: Infinity });
  const before = server.requests;
  const changes = await Promise.all(
    Array.from({ length: callers }, () => new Backend(server).apply('hot', 1, { add: { n: 1 } }, { ttl: Infinity })),
  );
  expect(changes.filter(({ applied }) => applied)).toHaveLength(callers);
  expect((await new Backend(server).retrieve('hot')).record?.counters['n']).toBe(callers);
  return server.requests - 1 - before;
}

describe('64 callers who settle one circuit at once', () => {
  test('send 64 requests to a store that increments on a condition', async () => {
    expect(await requestsOf(ReferenceBackend, 64)).toBe(64);
  });

  test('send 4,160 to one that only puts what was read before, and lose no count', async () => {
    expect(await requestsOf(ReadFirstBackend, 64)).toBe(4_160);
  });
});
