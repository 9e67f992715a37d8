import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isCircuitryError, type StorageError } from '@circuitry/core';
import type { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { startTcpProxy, type TcpProxy } from '../../../tooling/servers/tcp-proxy.mjs';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

describeOnEachServer('a lost answer', (server, kind) => {
  // A relay of ours stands only before servers of ours.
  const relayed = kind === 'endpoint' ? test.skip : test;
  let table: TestTable;
  let proxy: TcpProxy;
  /** Behind the relay, with the SDK's own retries. */
  let worker: DynamoDBBackend;
  /** Another worker, whose network is well. */
  let other: DynamoDBBackend;

  beforeEach(async () => {
    if (kind === 'endpoint') return;
    table = await makeTable(server());
    proxy = await startTcpProxy(server().port);
    worker = table.connect({}, proxy.port);
    other = table.connect();
    await other.store('acme', null, recordOf(1), longTtl);
    // A connection is open and warm, as in a worker that has run for a while.
    await worker.retrieve('acme');
  });
  afterEach(async () => {
    if (kind === 'endpoint') return;
    await proxy.stop();
    await table.drop();
  });

  relayed('of an apply is an ambiguous error; the delta was applied once, and is not sent again', async () => {
    const before = worker.capacity().requests;
    const lost = proxy.loseReply();
    const failure = await failureOf(worker.apply('acme', 1, { add: { n: 1 } }, longTtl));
    await lost;
    expect([failure.ambiguous, failure.retriable]).toEqual([true, true]);
    expect(failure.cause).toBeDefined();
    expect(worker.capacity().requests - before).toBe(1);
    expect((await other.retrieve('acme')).record?.counters).toEqual({ n: 1 });
  });

  relayed('of an apply that a middleware of the user’s lost is ambiguous all the same', async () => {
    const client = table.client();
    client.middlewareStack.add(
      (next) => async (args) => {
        await next(args);
        throw new Error('the tracing broke');
      },
      { step: 'initialize' },
    );
    const failure = await failureOf(table.connect({ client }).apply('acme', 1, { add: { n: 1 } }, longTtl));
    expect(failure.ambiguous).toBe(true);
    expect(failure.message).toContain('the tracing broke');
    expect((await other.retrieve('acme')).record?.counters).toEqual({ n: 1 });
  });

  relayed('of an apply does not stand in the way of the next one', async () => {
    const lost = proxy.loseReply();
    await failureOf(worker.apply('acme', 1, { add: { n: 1 } }, longTtl));
    await lost;
    const { applied, record } = await worker.apply('acme', 1, { add: { n: 1 } }, longTtl);
    expect([applied, record?.counters]).toEqual([true, { n: 2 }]);
  });

  relayed('of a store is an ambiguous error, and the next read finds the record by its `by`', async () => {
    const before = worker.capacity().requests;
    const lost = proxy.loseReply();
    const failure = await failureOf(worker.store('acme', 1, recordOf(2, { by: 'this worker' }), longTtl));
    await lost;
    expect(failure.ambiguous).toBe(true);
    expect(worker.capacity().requests - before).toBe(1);
    expect((await worker.retrieve('acme')).record?.by).toBe('this worker');
  });

  relayed('of a retrieve is asked for again by the SDK, and nobody notices', async () => {
    const lost = proxy.loseReply();
    expect((await worker.retrieve('acme')).record?.revision).toBe(1);
    await lost;
    expect(worker.capacity().requests).toBe(3);
  });

  relayed('of a delete is asked for again by the SDK: deleting twice deletes once', async () => {
    const lost = proxy.loseReply();
    await worker.delete('acme');
    await lost;
    expect((await other.retrieve('acme')).record).toBeNull();
  });

  relayed('of a lock is asked for again by the SDK, which finds itself the holder', async () => {
    const first = await other.lock('acme', { lease: 60_000 });
    await first.release();
    const lost = proxy.loseReply();
    const lease = await worker.lock('acme', { lease: 60_000 });
    await lost;
    expect(lease.token).toBe(first.token + 1);
    await expect(other.lock('acme', { lease: 1_000 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    await lease.release();
  });

  relayed('of an extend or a release is asked for again by the SDK, and the lease is what it would be', async () => {
    const lease = await worker.lock('acme', { lease: 60_000 });
    const lostExtend = proxy.loseReply();
    await lease.extend(120_000);
    await lostExtend;
    const lostRelease = proxy.loseReply();
    await lease.release();
    await lostRelease;
    await (await other.lock('acme', { lease: 1_000 })).release();
  });

  relayed('that a signal cuts short is an ambiguous error of a write, and an unambiguous one of a read', async () => {
    proxy.freeze();
    const cutShort = async (call: (signal: AbortSignal) => Promise<unknown>): Promise<StorageError> => {
      const before = proxy.held;
      const controller = new AbortController();
      const failing = failureOf(call(controller.signal));
      while (proxy.held === before) await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort(new DOMException('its time is over', 'TimeoutError'));
      return failing;
    };
    const write = await cutShort((signal) => worker.apply('acme', 1, { add: { n: 1 } }, { ...longTtl, signal }));
    const read = await cutShort((signal) => worker.retrieve('acme', { signal }));
    proxy.thaw();
    expect([write.ambiguous, read.ambiguous]).toEqual([true, false]);
    expect((read.cause as Error).name).toBe('TimeoutError');
  });

  relayed('that close cuts short rejects with ERR_CLOSED, though the server never answers', async () => {
    proxy.freeze();
    const calls = [
      worker.retrieve('acme'),
      worker.apply('acme', 1, {}, longTtl),
      worker.lock('acme', { lease: 1_000 }),
    ];
    const settled = Promise.allSettled(calls);
    await worker.close();
    for (const result of await settled) expect(result).toMatchObject({ reason: { code: 'ERR_CLOSED' } });
    proxy.thaw();
  });
});

async function failureOf(call: Promise<unknown>): Promise<StorageError> {
  const error = await call.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!isCircuitryError(error, 'ERR_STORAGE')) throw error;
  return error;
}
