import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { RedisBackend } from '@circuitry/backend-redis';
import { Redis } from 'ioredis';
import { redisServer, startRedis, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { useProgram } from './support/program.js';
import { fill, openRecord } from './support/records.js';

const found = redisServer();
const describeOnRedis = 'missing' in found ? describe.skip : describe;

describeOnRedis(`output that nobody reads${'missing' in found ? ` (skipped: ${found.missing})` : ''}`, () => {
  const program = useProgram();
  const names = Array.from({ length: 200 }, (_, index) => `a/${index}`);
  let server: RedisServer;
  let client: Redis;
  let backend: RedisBackend;

  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url, { maxRetriesPerRequest: 0 });
    backend = new RedisBackend({ client });
  });
  afterAll(async () => {
    await backend?.close();
    client?.disconnect();
    await server?.stop();
  });
  beforeEach(async () => {
    await client.flushall();
    await fill(backend, Object.fromEntries(names.map((name) => [name, openRecord(600_000)])));
  });

  /** In a shell of its own; the status is the command's, not its reader's. */
  const shell = (words: string) => {
    const script = `set -o pipefail; run() { "${process.execPath}" --no-warnings "${program.file}" "$@" --redis "${server.url}"; }; ${words}`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  test('changes that were begun are all made, though their reader has seen enough', async () => {
    expect(shell('run reset --prefix a/ --yes 2>/dev/null | head -1')).toMatchObject({ status: 0, stderr: '' });
    const states = await Promise.all(names.map(async (name) => (await backend.retrieve(name)).record?.state));
    expect(states.filter((state) => state === 'open')).toEqual([]);
  });

  test('remarks that nobody reads keep nothing from being done', () => {
    expect(shell('run list --state open 2>&1 >/dev/null | true')).toMatchObject({ status: 0 });
    expect(shell('run reset a/1 --yes 2>&1 >/dev/null | true')).toMatchObject({ status: 0 });
  });

  test('output that can’t be written is told in a sentence', () => {
    const { status, stderr } = shell('run list > /dev/full');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^The output can’t be written: ENOSPC.*\n$/);
  });
});
