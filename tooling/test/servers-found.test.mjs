import { afterAll, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// What npm test hands to turbo: the same key, the same servers. It is looked for in a PATH that has Node and what a test
// puts there, so that nothing is ever installed.

const folder = mkdtempSync(join(tmpdir(), 'circuitry-found-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('is the same while the servers are, wherever they stand', () => {
  const programs = { 'redis-server': 'v=7.0', openssl: '3.0' };
  const first = found(pathWith(programs));
  expect(found(pathWith(programs)).key).toBe(first.key);
  expect(first.told).toEqual(expect.arrayContaining(['redis-server v=7.0', 'openssl 3.0']));
});

it.each([
  ['a Redis comes', {}, { 'redis-server': 'v=7.0' }],
  ['Redis is another version', { 'redis-server': 'v=7.0' }, { 'redis-server': 'v=7.2' }],
  ['Valkey comes', { 'redis-server': 'v=7.0' }, { 'redis-server': 'v=7.0', 'valkey-server': 'v=8.0' }],
  ['openssl comes', { 'redis-server': 'v=7.0' }, { 'redis-server': 'v=7.0', openssl: '3.0' }],
])('changes, and changes back, when %s', (_what, before, after) => {
  const [one, other, again] = [before, after, before].map((programs) => found(pathWith(programs)).key);
  expect(other).not.toBe(one);
  expect(again).toBe(one);
});

it('changes with a program that says what it said, and is another build', () => {
  const path = pathWith({ 'redis-server': 'v=7.0' });
  const { key } = found(path);
  writeFileSync(join(path, 'redis-server'), '#!/bin/sh\necho redis-server v=7.0 # another\n');
  expect(found(path).key).not.toBe(key);
});

it('takes the programs that were asked for', () => {
  const chosen = { CIRCUITRY_REDIS_SERVER: join(pathWith({ mine: 'v=9.9' }), 'mine') };
  expect(found(pathWith({ 'redis-server': 'v=7.0' }), chosen).told).toContain('mine v=9.9');
});

it.each([
  ['REDIS_URL', 'redis://localhost:6379'],
  ['DYNAMODB_ENDPOINT', 'http://localhost:8000'],
  ['CIRCUITRY_TEST_WITH', 'containers'],
])('is never the same twice with %s: what is behind it may have changed', (name, value) => {
  const path = pathWith({ 'redis-server': 'v=7.0' });
  const given = found(path, { [name]: value });
  expect(found(path, { [name]: value }).key).not.toBe(given.key);
  expect(given.told.join('\n')).toContain(name);
  expect(found(path, { [name]: '' }).key).toBe(found(path).key);
});

/** A folder with programs that say their version, beside Node. */
function pathWith(programs) {
  const path = mkdtempSync(join(folder, 'path-'));
  symlinkSync(process.execPath, join(path, 'node'));
  for (const [name, version] of Object.entries(programs)) {
    writeFileSync(join(path, name), `#!/bin/sh\necho ${name} ${version}\n`, { mode: 0o755 });
  }
  return path;
}

function found(path, env = {}) {
  const module = new URL('../servers/found.mjs', import.meta.url).href;
  const program = `import { serversFound } from '${module}'; console.log(JSON.stringify(serversFound()));`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    env: { PATH: path, ...env },
    encoding: 'utf8',
  });
  return JSON.parse(text);
}
