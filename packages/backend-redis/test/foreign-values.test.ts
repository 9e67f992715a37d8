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

  /** Puts other text into a record, ttl and all. */
  const replacing =
    (found: string | RegExp, text: string) =>
    async (client: Redis, key: string): Promise<void> => {
      const before = (await client.get(key)) ?? '';
      expect(before).toMatch(found);
      await client.set(key, before.replace(found, text), 'KEEPTTL');
    };

  const damages: [field: string, damage: (client: Redis, key: string) => Promise<unknown>][] = [
    ['state', replacing(' closed ', ' ajar ')],
    ['state', replacing(' closed ', ' ')],
    ['revision', replacing(/^1 \d+ /, '1 0 ')],
    ['revision', replacing(/^1 \d+ /, '1 9007199254740992 ')],
    ['revision', replacing(/^1 \d+ /, '1 1e3 ')],
    ['generation', replacing(' closed 0 ', ' closed -1 ')],
    ['generation', replacing(' closed 0 ', ' closed 07 ')],
    ['openings', replacing(' closed 0 0 ', ' closed 0 1.5 ')],
    ['since', replacing(' 0 - ', '  - ')],
    ['since', replacing(' 0 - ', ' 9007199254740993 - ')],
    ['expiresAt', replacing(' - ', ' soon ')],
    ['expiresAt', replacing(' closed ', ' open ')],
    ['by', replacing(' worker-1|', '|')],
    ['by', replacing('worker-1', 'worker%1')],
    ['lastFailure', replacing('worker-1|', 'worker-1 not JSON|')],
    ['lastFailure', replacing('worker-1|', 'worker-1 [5,null]|')],
    ['override', replacing('worker-1|', 'worker-1 [null,5]|')],
    [
      'override.state',
      replacing('worker-1|', 'worker-1 [null,{"state":"ajar","reason":null,"by":null,"until":null}]|'),
    ],
    ['override.reason', replacing('worker-1|', 'worker-1 [null,{"state":"open","by":null,"until":null}]|')],
    ['counters.a', replacing('a=1', 'a=many')],
    ['counters.b', replacing('a=1|', 'a=1|b=9007199254740993|')],
    ['counters.b', replacing('a=1|', 'a=1|b=007|')],
    ['counters.b', replacing('a=1|', 'a=1|b=-0|')],
    ['counters.b', replacing('a=1|', 'b=|a=1|')],
    ['counters', replacing('a=1|', 'a=1|b|')],
    ['counters', replacing('a=1|', 'a=1||')],
    ['record', replacing('a=1|', 'a=1')],
    ['record', replacing(/\|.*$/, '')],
    ['format', replacing(/^1 /, 'new ')],
    ['format', replacing(/^.*$/, 'a text of somebody else')],
    ['record', (client, key) => client.multi().del(key).hset(key, 'state', 'closed').exec()],
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
    const before = '2 a text that only format 2 knows';
    await client.set(key, before);
    const calls = [
      backend.retrieve('x'),
      backend.apply('x', aRecord().revision, { add: { a: 1 } }, minute),
      backend.store('x', aRecord().revision, aRecord(), minute),
    ];
    for (const call of calls) {
      expect(await rejectionOf(call)).toMatchObject({ code: 'ERR_UNSUPPORTED_RECORD', circuitName: 'x', format: 2 });
    }
    expect(await client.get(key)).toBe(before);
  });
});
