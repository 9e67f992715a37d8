import { beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redisServer } from '../../tooling/servers/redis.mjs';
import { availableServers } from '../../tooling/servers/dynamodb.mjs';

const bench = join(import.meta.dirname, '..', 'run.mjs');
const redis = redisServer();
const withoutRedis = 'missing' in redis ? redis.missing : null;
const withoutDynamoDB = availableServers().some((server) => server !== 'dynalite')
  ? null
  : 'neither dynoxide nor DYNAMODB_ENDPOINT';

// Everything, as short as can be, so that the code can't rot. Nothing is said about any time.
describe.each([['1,2'], ['3,4,5,6,7,8,9'], ['10,11,12,13,14']])('items %s', (only) => {
  const items = [
    [1, 'closed-calls', withoutRedis],
    [2, 'rejections', withoutRedis],
    [3, 'hot-circuit', withoutRedis],
    [4, 'tenants', withoutRedis],
    [5, 'many-circuits', null],
    [6, 'propagation', withoutRedis],
    [7, 'windows', withoutRedis],
    [8, 'dynamodb', withoutDynamoDB],
    [9, 'redis-core', withoutRedis],
    [10, 'startup', withoutRedis ?? withoutDynamoDB],
    [11, 'in-flight', withoutRedis],
    [12, 'turns', withoutRedis],
    [13, 'simulation', null],
    [14, 'troubled', withoutRedis],
  ].filter(([number]) => only.split(',').includes(String(number)));
  let said;
  let results;
  let document;
  let charts;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'circuitry-bench-'));
    try {
      said = await run('--only', only, '--tiny', '--out', folder);
      results = JSON.parse(readFileSync(join(folder, 'latest.json'), 'utf8'));
      document = readFileSync(join(folder, 'performance.md'), 'utf8');
      charts = [...document.matchAll(/\]\((performance\/[^)]+\.svg)\)/g)].map(([, name]) =>
        readFileSync(join(folder, name), 'utf8'),
      );
    } catch (error) {
      throw new Error(said?.output, { cause: error });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(items.filter(([, , missing]) => missing === null))('%i, %s, is measured and reported', (number, key) => {
    expect(results.items[key].data).toBeDefined();
    expect(document).toContain(`## ${number}. `);
  });

  for (const [number, key, missing] of items.filter(([, , reason]) => reason !== null)) {
    it.skip(`${number}, ${key}, is measured and reported (skipped: ${missing})`, () => {});
  }

  it('has nothing in its tables and charts that is no number', () => {
    expect(said.code).toBe(0);
    for (const text of [document, ...charts]) expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });
});

it('says what it can do, and refuses what it does not know', async () => {
  const helped = await run('--help');
  expect(helped.code).toBe(0);
  expect(helped.output).toContain('--only');
  const refused = await run('--only', '99');
  expect(refused.code).toBe(2);
  expect(refused.output).toContain('there is no such item');
});

function run(...words) {
  const child = spawn(process.execPath, [bench, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
