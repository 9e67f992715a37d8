import { expect, test } from '@jest/globals';
import type { CircuitRecord } from '@circuitry/core';
import fc from 'fast-check';
import type { RedisBackend } from '../src/index.js';
import { foresee } from '../src/record/foresee.js';
import { LastSeen } from '../src/record/last-seen.js';
import { readRecord } from '../src/record/read-record.js';
import { beginningOf, writeRecord } from '../src/record/write-record.js';
import { aRecord, minute } from './support/records.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

const names = [
  'a',
  'b',
  'ab',
  'consecutive.failures',
  'total.successes',
  'w6000x10:1.c',
  'w6000x10:11.c',
  'x|y',
  '',
  '__proto__',
];
const amount = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.maxSafeInteger());
const counters = fc.dictionary(fc.constantFrom(...names), amount, { noNullPrototype: false });

/** A record's counters and a delta for them: a counter stands in at most one of its parts. */
const cases = fc
  .record({
    before: counters,
    changes: counters,
    how: fc.array(fc.constantFrom('add', 'set', 'drop'), { minLength: 10 }),
  })
  .map(({ before, changes, how }) => {
    const parts = { add: {} as Record<string, number>, set: {} as Record<string, number>, drop: [] as string[] };
    for (const [index, name] of Object.keys(changes).entries()) {
      const part = how[index] ?? 'add';
      if (part === 'drop') parts.drop.push(name);
      else parts[part === 'set' ? 'set' : 'add'][name] = changes[name] as number;
    }
    return { before, delta: parts };
  });

test('The circuits that a process remembers are few, whatever it meets', () => {
  const seen = new LastSeen();
  const text = writeRecord(aRecord());
  const isRemembered = (name: string): boolean =>
    seen.forecast(name, beginningOf(aRecord().revision), {}).next !== null;
  for (let index = 0; index < 100_000; index += 1) seen.read(`circuit ${index}`, { outcome: '0', text, now: 1 });
  const remembered = Array.from({ length: 100_000 }, (_, index) => `circuit ${index}`).filter(isRemembered);
  expect(remembered.length).toBeGreaterThanOrEqual(200);
  expect(remembered.length).toBeLessThanOrEqual(400);
  expect(isRemembered('circuit 99999')).toBe(true);
  seen.read('huge', { outcome: '0', text: `${text}${'x'.repeat(10_000)}=1|`, now: 1 });
  expect(isRemembered('huge')).toBe(false);
});

describeWithServer('What a process has read of a circuit, on a real Redis', () => {
  const redis = usePlainRedis({ own: true });
  const { revision } = aRecord();

  async function stored(prefix: string, counters: Record<string, number>): Promise<RedisBackend> {
    const backend = redis.backend({ prefix });
    await backend.store('x', null, aRecord({ counters }), minute);
    return backend;
  }

  test('It foresees of every delta what the script makes of it, letter by letter, overflows included', async () => {
    const client = redis.client();
    const prefix = uniquePrefix();
    const writer = await stored(prefix, {});
    const key = `${prefix}:{x}`;
    const check = fc.asyncProperty(cases, async ({ before, delta }) => {
      const text = writeRecord(aRecord({ counters: before }));
      await client.set(key, text);
      const foreseen = foresee({ text, record: readRecord('x', text) }, delta);
      // What it saw last is another text, so the script has to work.
      const change = await writer.apply('x', revision, delta, minute).catch((error: unknown) => error);
      const found = await client.get(key);
      if (foreseen === null) {
        expect(change).toMatchObject({ message: expect.stringContaining('circuit "x" would have passed') });
        expect(found).toBe(text);
        return;
      }
      expect(foreseen.text).toBe(found);
      const { record } = change as { record: CircuitRecord };
      expect({ ...foreseen.record, counters: { ...foreseen.record.counters } }).toEqual({
        ...record,
        counters: { ...record.counters },
      });
    });
    await fc.assert(check, { numRuns: 500 });
  });

  test('An end that finds the record as its start did sends both texts; with other writers about it sends only the head', async () => {
    const prefix = uniquePrefix();
    const mine = await stored(prefix, { a: 1 });
    const other = redis.backend({ prefix });
    const add = (backend: RedisBackend): Promise<unknown> => backend.apply('x', revision, { add: { a: 1 } }, minute);
    await add(mine);
    await other.retrieve('x');
    await add(other);
    const head = '1 1816000000000000 closed 0 0 0 - worker-1|';
    const sent = await appliesSeenBy(async () => {
      await mine.retrieve('x');
      await add(mine);
      // In vain: somebody wrote in between.
      await add(other);
      await add(mine);
      // So this one says less, and notes that it would have been right.
      await add(mine);
      await add(mine);
    });
    expect(sent.map(([seen, , written]) => [seen, written])).toEqual([
      [`${head}a=3|`, `${head}a=4|`],
      [`${head}a=3|`, `${head}a=4|`],
      [`${head}a=4|`, `${head}a=5|`],
      [head, ''],
      [`${head}a=7|`, `${head}a=8|`],
    ]);
    expect((await mine.retrieve('x')).record?.counters).toEqual({ a: 8 });
  });

  test('A count of somebody else that came in between is never lost, nor is an end answered without it', async () => {
    const prefix = uniquePrefix();
    const mine = await stored(prefix, { a: 1 });
    const other = redis.backend({ prefix });
    for (let round = 0; round < 20; round += 1) {
      await mine.retrieve('x');
      await other.apply('x', revision, { add: { a: 1, b: 1 } }, minute);
      const { applied, record } = await mine.apply('x', revision, { add: { a: 1 } }, minute);
      expect(applied).toBe(true);
      expect({ ...record?.counters }).toEqual({ a: 3 + 2 * round, b: 1 + round });
    }
  });

  /** The arguments of each apply that reaches the server meanwhile. */
  async function appliesSeenBy(work: () => Promise<void>): Promise<string[][]> {
    const monitor = await redis.client().monitor();
    const seen: string[][] = [];
    const isOver = new Promise<void>((resolve) => {
      monitor.on('monitor', (_time: string, [command, ...words]: string[], source: string) => {
        if (command === 'echo') resolve();
        if (/^eval/i.test(command ?? '') && !source.includes('lua')) seen.push(words.slice(3));
      });
    });
    await work();
    await redis.client().echo('over');
    await isOver;
    monitor.disconnect();
    return seen;
  }
});
