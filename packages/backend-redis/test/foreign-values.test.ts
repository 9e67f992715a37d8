import { expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { RedisBackend } from '../src/index.js';
import { aRecord, minute, rejectionOf } from './support/records.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

describeWithServer('Values that are no records, on a real Redis', () => {
  const redis = usePlainRedis();

  /** A backend, the key of its circuit "x", and a stored record there. */
  async function stored(): Promise<{ backend: RedisBackend; key: string; client: Redis }> {
    const prefix = uniquePrefix();
    const backend = redis.backend({ prefix });
    await backend.store('x', null, aRecord({ counters: { a: 1 } }), minute);
    return { backend, key: `${prefix}:{x}`, client: redis.client() };
  }

  const damages: [field: string, damage: (client: Redis, key: string) => Promise<unknown>][] = [
    ['state', (client, key) => client.hset(key, 'state', 'ajar')],
    ['state', (client, key) => client.hdel(key, 'state')],
    ['revision', (client, key) => client.hset(key, 'revision', '0')],
    ['revision', (client, key) => client.hset(key, 'revision', '9007199254740992')],
    ['revision', (client, key) => client.hset(key, 'revision', '1e3')],
    ['generation', (client, key) => client.hset(key, 'generation', '-1')],
    ['openings', (client, key) => client.hset(key, 'openings', '1.5')],
    ['since', (client, key) => client.hset(key, 'since', '')],
    ['expiresAt', (client, key) => client.hset(key, 'expiresAt', 'soon')],
    ['expiresAt', (client, key) => client.hset(key, 'state', 'open')],
    ['by', (client, key) => client.hdel(key, 'by')],
    ['override', (client, key) => client.hset(key, 'override', 'not JSON')],
    [
      'override.state',
      (client, key) => client.hset(key, 'override', '{"state":"ajar","reason":null,"by":null,"until":null}'),
    ],
    ['override.reason', (client, key) => client.hset(key, 'override', '{"state":"open","by":null,"until":null}')],
    ['counters.a', (client, key) => client.hset(key, '#a', 'many')],
    ['counters.b', (client, key) => client.hset(key, '#b', '9007199254740993')],
    ['counters.b', (client, key) => client.hset(key, '#b', '007')],
    ['format', (client, key) => client.hset(key, 'format', 'new')],
    ['format', (client, key) => client.hdel(key, 'format')],
    ['record', (client, key) => client.multi().del(key).set(key, 'a string').exec()],
    ['record', (client, key) => client.multi().del(key).rpush(key, 'a list').exec()],
  ];

  test.each(damages.map(([field, damage], index) => ({ field, damage, index })))(
    'A record whose $field is wrong is named, left alone, and can be deleted ($index)',
    async ({ field, damage }) => {
      const { backend, key, client } = await stored();
      await damage(client, key);
      const before = await client.dump(key);
      const calls = [
        backend.retrieve('x'),
        backend.apply('x', aRecord().revision, { add: { a: 1 } }, minute),
        backend.store('x', aRecord().revision, aRecord({ revision: aRecord().revision + 1 }), minute),
        backend.store('x', null, aRecord(), minute),
        backend.list().next(),
      ];
      for (const call of calls) {
        const error = await rejectionOf(call);
        expect(error).toMatchObject({ code: 'ERR_CORRUPT_RECORD', circuitName: 'x', field });
        expect(error.message).toContain('"x"');
      }
      expect(await client.dump(key)).toBe(before);
      await backend.delete('x');
      expect((await backend.retrieve('x')).record).toBeNull();
    },
  );

  test('A record of a newer format is refused by its number and left alone', async () => {
    const { backend, key, client } = await stored();
    await client.hset(key, 'format', '2', 'state', 'a state that only format 2 knows');
    const before = await client.hgetall(key);
    const calls = [
      backend.retrieve('x'),
      backend.apply('x', aRecord().revision, { add: { a: 1 } }, minute),
      backend.store('x', aRecord().revision, aRecord(), minute),
    ];
    for (const call of calls) {
      expect(await rejectionOf(call)).toMatchObject({ code: 'ERR_UNSUPPORTED_RECORD', circuitName: 'x', format: 2 });
    }
    expect(await client.hgetall(key)).toEqual(before);
  });

  test('A field that an operator added by hand does no harm', async () => {
    const { backend, key, client } = await stored();
    await client.hset(key, 'note', 'do not touch');
    expect((await backend.retrieve('x')).record).toEqual(aRecord({ counters: { a: 1 } }));
    expect((await backend.apply('x', aRecord().revision, { add: { a: 1 } }, minute)).applied).toBe(true);
  });
});
