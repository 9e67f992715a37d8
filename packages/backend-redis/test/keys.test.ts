import { describe, expect, test } from '@jest/globals';
import { circuitryNames } from './support/names.js';
import fc from 'fast-check';
import { KeyNames } from '../src/circuit/key-names.js';
import { aRecord, minute } from './support/records.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

/** What Redis Cluster hashes of a key: what stands between the first `{` and the first `}` after it, if anything. */
function hashTag(key: string): string {
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open);
  return close > open + 1 ? key.slice(open + 1, close) : key;
}

// Mostly from the characters that keys are made of, so that near-collisions are found.
const awkward = fc.string({
  unit: fc.constantFrom('{', '}', ':', '%', '2', '5', '7', 'B', 'D', 'a', '\n'),
  maxLength: 8,
});
const name = awkward.filter((text) => text !== '');

describe('Key names', () => {
  test('Two different pairs of prefix and name never have the same key, nor does a record meet a lock', () => {
    fc.assert(
      fc.property(awkward, name, awkward, name, (prefix, one, otherPrefix, other) => {
        fc.pre(prefix !== otherPrefix || one !== other);
        const mine = new KeyNames(prefix);
        const others = new KeyNames(otherPrefix);
        const keys = (names: KeyNames, circuit: string): string[] => [
          names.record(circuit),
          names.lock(circuit),
          names.fence(circuit),
        ];
        expect(new Set([...keys(mine, one), ...keys(others, other)]).size).toBe(6);
      }),
      { numRuns: 2_000 },
    );
  });

  test('All keys of a circuit have one hash tag, which is its name', () => {
    fc.assert(
      fc.property(awkward, name, (prefix, circuit) => {
        const names = new KeyNames(prefix);
        const tag = circuit.replaceAll('%', '%25').replaceAll('}', '%7D');
        for (const key of [names.record(circuit), names.lock(circuit), names.fence(circuit)]) {
          expect(hashTag(key)).toBe(tag);
        }
      }),
    );
  });

  test('A name is read back from its key', () => {
    fc.assert(
      fc.property(awkward, fc.string({ unit: 'grapheme', minLength: 1 }), name, (prefix, any, circuit) => {
        const names = new KeyNames(prefix);
        expect(names.nameOf(names.record(any))).toBe(any);
        expect(names.nameOf(names.record(circuit))).toBe(circuit);
      }),
    );
  });

  test('No key is the channel of any prefix, and no two prefixes share a channel', () => {
    expect(new KeyNames('a').channel).not.toBe(new KeyNames('b').channel);
    expect(new KeyNames('a').channel).toBe('a:transitions');
  });
});

describeWithServer('Names on a real Redis', () => {
  const redis = usePlainRedis();

  test('Circuits with awkward names and prefixes live beside one another', async () => {
    const prefixes = ['', 'a', 'a:', 'a:{a}', '{}', '%7B', 'a*'].map((prefix) => `${uniquePrefix()}${prefix}`);
    const backends = prefixes.map((prefix) => redis.backend({ prefix }));
    for (const [index, backend] of backends.entries()) {
      for (const circuit of circuitryNames) {
        const change = await backend.store(circuit, null, aRecord({ by: `${index} ${circuit}` }), minute);
        expect(change.applied).toBe(true);
      }
    }
    for (const [index, backend] of backends.entries()) {
      const listed = new Map<string, string>();
      for await (const entry of backend.list({ pageSize: 3 })) listed.set(entry.name, entry.record.by);
      expect(listed).toEqual(new Map(circuitryNames.map((circuit) => [circuit, `${index} ${circuit}`])));
      for (const circuit of circuitryNames) await backend.delete(circuit);
    }
  });

  test('A bad name is refused by every verb before anything is sent', async () => {
    const client = redis.client({ lazyConnect: true, maxRetriesPerRequest: 0 });
    const backend = redis.backend({ client });
    for (const bad of ['', 'x'.repeat(1_025), 'half \ud800 pair']) {
      const refused = { code: 'ERR_INVALID_NAME' };
      await expect(backend.retrieve(bad)).rejects.toMatchObject(refused);
      await expect(backend.apply(bad, 1, {}, minute)).rejects.toMatchObject(refused);
      await expect(backend.store(bad, null, aRecord(), minute)).rejects.toMatchObject(refused);
      await expect(backend.lock(bad, { lease: 1_000 })).rejects.toMatchObject(refused);
      await expect(backend.delete(bad)).rejects.toMatchObject(refused);
    }
    expect(client.status).toBe('wait');
  });

  test('A keyPrefix of the client comes before the prefix of the backend', async () => {
    const before = `${uniquePrefix()}{`;
    const backend = redis.backend({ client: redis.client({ keyPrefix: before }), prefix: 'circuits' });
    await backend.store('a', null, aRecord(), minute);
    expect(await redis.client().exists(`${before.replace('{', '%7B')}circuits:{a}`)).toBe(1);
    const names = [];
    for await (const { name: circuit } of backend.list()) names.push(circuit);
    expect(names).toEqual(['a']);
    const lease = await backend.lock('a', { lease: 5_000 });
    await lease.release();
  });

  test.each(['', 'x'.repeat(1_025)])(
    'A key of somebody else that is named as no circuit can be keeps nothing from a listing',
    async (name) => {
      const prefix = uniquePrefix();
      const backend = redis.backend({ prefix });
      await backend.store('a', null, aRecord({ state: 'open', expiresAt: 4e12 }), minute);
      await redis.client().set(`${prefix}:{${name}}`, 'foreign');
      for (const options of [{}, { only: 'troubled' }] as const) {
        const names = [];
        for await (const { name: circuit } of backend.list(options)) names.push(circuit);
        expect(names).toEqual(['a']);
      }
    },
  );

  test('A listing by prefix takes it literally, page after page, and leaves locks out', async () => {
    const backend = redis.backend();
    const names = [
      'a*',
      'a*b',
      'ab',
      'a?',
      'a[b]',
      'a\\',
      'a}',
      'a}b',
      'b',
      ...Array.from({ length: 300 }, (_, i) => `n${i}`),
    ];
    for (const circuit of names) await backend.store(circuit, null, aRecord({ by: circuit }), minute);
    const lease = await backend.lock('a*', { lease: 30_000 });
    const listed = async (prefix: string): Promise<string[]> => {
      const found = new Set<string>();
      for await (const entry of backend.list({ prefix, pageSize: 7 })) found.add(entry.name);
      return [...found].sort();
    };
    for (const prefix of ['', 'a', 'a*', 'a?', 'a[', 'a\\', 'a}', 'n1', 'nothing']) {
      expect(await listed(prefix)).toEqual(names.filter((circuit) => circuit.startsWith(prefix)).sort());
    }
    await lease.release();
  });
});
