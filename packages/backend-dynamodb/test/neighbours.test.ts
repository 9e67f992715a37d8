import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isCircuitryError, type StorageError } from '@circuitry/core';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBBackend, recommendedClient } from '@circuitry/backend-dynamodb';
import { startDynamoDBFront, type DynamoDBFront } from '../../../tooling/servers/dynamodb-front.mjs';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

const recommended = recommendedClient();
const twoSockets = { httpAgent: { keepAlive: true, maxSockets: 2 } };
const clients: readonly (readonly [string, DynamoDBClientConfig])[] = [
  ['the SDK’s own settings', { requestHandler: twoSockets }],
  ['the recommended settings', { ...recommended, requestHandler: { ...twoSockets, requestTimeout: 10_000 } }],
];

/** A call's time: long enough for a loaded machine, and far shorter than what waits for a throttled item would take. */
const storageTimeout = 20_000;

describeOnEachServer('one item that DynamoDB throttles', (server, kind) => {
  // A front of ours stands only before servers of ours.
  if (kind === 'endpoint') return;
  let table: TestTable;
  let front: DynamoDBFront;

  beforeEach(async () => {
    table = await makeTable(server());
    front = await startDynamoDBFront(server().port);
  });
  afterEach(async () => {
    await front.stop();
    await table.drop();
  });

  test.each([...clients])(
    'takes no time from 200 others that share two sockets with it, by a client with %s',
    async (_settings, config) => {
      const client = new DynamoDBClient({ ...server().clientConfig, endpoint: front.endpoint, ...config });
      const backend = new DynamoDBBackend({ client, ...table.options, warn: () => {} });
      await backend.store('hot', null, recordOf(1), longTtl);
      const error = 'ProvisionedThroughputExceededException';
      front.faultWhere(({ body }) => (body.includes('#circuit#hot"') ? { answer: { status: 400, error } } : null));

      let isOver = false;
      const refusals: StorageError[] = [];
      /** One of the callers that go on asking for the hot circuit. */
      const hotCaller = async (): Promise<void> => {
        while (!isOver) {
          const options = { ...longTtl, signal: AbortSignal.timeout(storageTimeout) };
          await backend.apply('hot', 1, { add: { calls: 1 } }, options).catch((failure: unknown) => {
            if (!isCircuitryError(failure, 'ERR_STORAGE')) throw failure;
            refusals.push(failure);
          });
        }
      };
      // As many as core sends at a time for one circuit, whose callers share round trips, and some more.
      const hot = Array.from({ length: 6 }, hotCaller);
      /** Every tenant's call is two of the store's, each within its time. */
      const tenant = async (name: string): Promise<void> => {
        await backend.retrieve(name, { signal: AbortSignal.timeout(storageTimeout) });
        await backend.store(name, null, recordOf(1), { ...longTtl, signal: AbortSignal.timeout(storageTimeout) });
      };
      const names = Array.from({ length: 200 }, (_, index) => `tenant-${index}`);
      // Ten at a time: a few more than there are sockets.
      await Promise.all(
        Array.from({ length: 10 }, async () => {
          for (let name = names.pop(); name !== undefined; name = names.pop()) await tenant(name);
        }),
      );
      isOver = true;
      await Promise.all(hot);
      expect(refusals.length).toBeGreaterThan(0);
      for (const refusal of refusals) {
        expect(refusal.message).toMatch(/asked for more than its capacity/);
        expect(refusal.retriable).toBe(true);
        expect(refusal.ambiguous).toBe(/had no answer yet/.test(refusal.message));
      }
      expect(backend.capacity('tenant-0').requests).toBe(2);
      front.pass();
      expect((await backend.apply('hot', 1, { add: { calls: 1 } }, longTtl)).record?.counters).toEqual({ calls: 1 });
      client.destroy();
    },
    120_000,
  );
});
