import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { embedded } from '../scripts/embed-lua.mjs';
import * as scripts from '../src/scripts/embedded.js';
import { aRecord, minute } from './support/records.js';
import { describeWithServer, usePlainRedis } from './support/servers.js';

const folder = new URL('../src/scripts/', import.meta.url);

test('The embedded scripts are what the Lua files say', () => {
  expect(readFileSync(new URL('embedded.ts', folder), 'utf8')).toBe(embedded());
});

test('Every Lua file is part of a script, and says what its arguments are', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.lua'));
  const texts = new Map(files.map((file) => [file, readFileSync(new URL(file, folder), 'utf8')]));
  for (const [file, text] of texts) {
    const name = file.replace('.lua', '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const included = [...texts.values()].some((other) => other.includes(`-- @include ${file}`));
    expect(included || `${name}Script` in scripts).toBe(true);
    const used = [...text.matchAll(/ARGV\[(\d+)\]/g)].map(([, index]) => index as string);
    for (const index of used) expect(text).toMatch(new RegExp(`^-- ARGV\\[${index}`, 'm'));
  }
});

describeWithServer('Scripts on a real Redis', () => {
  const redis = usePlainRedis({ own: true });

  test('A read is a GET and a TIME, and all reads of one turn share the TIME', async () => {
    const backend = redis.backend();
    const admin = redis.client();
    await backend.retrieve('a');
    await admin.config('RESETSTAT');
    await Promise.all(Array.from({ length: 20 }, (_, index) => backend.retrieve(`circuit-${index}`)));
    const calls = await callsOf(admin);
    expect(calls.get('get')).toBe(20);
    expect(calls.get('time')).toBe(1);
    expect(calls.get('evalsha')).toBeUndefined();
  });

  test('An apply is one command, and a script that the server has forgotten is sent whole once', async () => {
    const backend = redis.backend();
    const admin = redis.client();
    await backend.store('a', null, aRecord(), minute);
    // The first time over a connection it is sent whole anyway.
    await backend.apply('a', aRecord().revision, { add: { x: 1 } }, minute);
    await admin.script('FLUSH');
    await admin.config('RESETSTAT');
    await backend.apply('a', aRecord().revision, { add: { x: 1 } }, minute);
    await backend.apply('a', aRecord().revision, { add: { x: 1 } }, minute);
    const calls = await callsOf(admin);
    expect(calls.get('evalsha')).toBe(2);
    expect(calls.get('eval')).toBe(1);
    expect(calls.get('script|load')).toBeUndefined();
  });

  test('An apply is sent whole once after a flush of scripts, and counts once', async () => {
    const backend = redis.backend();
    await backend.store('a', null, aRecord(), minute);
    await redis.client().script('FLUSH');
    const calls = Array.from({ length: 20 }, () => backend.apply('a', aRecord().revision, { add: { x: 1 } }, minute));
    await Promise.all(calls);
    expect((await backend.retrieve('a')).record?.counters['x']).toBe(20);
  });

  test('A server that refuses the script too is told of once, not for ever', async () => {
    const admin = redis.client();
    await admin.call('ACL', 'SETUSER', 'no-eval', 'on', '>secret', '~*', '&*', '+@all', '-eval');
    const client = redis.client({ username: 'no-eval', password: 'secret', maxRetriesPerRequest: 0 });
    const backend = redis.backend({ client });
    await admin.script('FLUSH');
    const refused = backend.apply('a', 1, { add: { x: 1 } }, minute);
    await expect(refused).rejects.toMatchObject({ code: 'ERR_STORAGE', retriable: false });
    await admin.call('ACL', 'DELUSER', 'no-eval');
  });

  test('A circuit is a string that a person can read', async () => {
    const prefix = 'readable';
    const backend = redis.backend({ prefix });
    await backend.store('acme', null, aRecord({ counters: { 'total.successes': 12, other: 3 } }), minute);
    const text = await redis.client().get(`${prefix}:{acme}`);
    expect(text).toBe('1 1816000000000000 closed 0 0 0 - worker-1|s=12|other=3|');
    await backend.delete('acme');
  });
});

async function callsOf(admin: { info: (section: string) => Promise<string> }): Promise<Map<string, number>> {
  const text = await admin.info('commandstats');
  return new Map(
    [...text.matchAll(/cmdstat_([^:]+):calls=(\d+)/g)].map(([, name, calls]) => [name ?? '', Number(calls)]),
  );
}
