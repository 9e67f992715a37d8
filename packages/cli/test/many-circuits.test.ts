import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RedisBackend } from '@circuitry/backend-redis';
import { Redis } from 'ioredis';
import { redisServer, startRedis, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { fill, openRecord, recordOf } from './support/records.js';
import { useProgram } from './support/program.js';

const found = redisServer();
const describeOnRedis = 'missing' in found ? describe.skip : describe;
const many = 100_000;
/** All that the heap may grow to, MB. The records alone are some 100. */
const heap = 40;

describeOnRedis(`${many} circuits${'missing' in found ? ` (skipped: ${found.missing})` : ''}`, () => {
  const program = useProgram();
  let server: RedisServer;
  let client: Redis;

  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url, { maxRetriesPerRequest: 0 });
    const backend = new RedisBackend({ client });
    const names = Array.from({ length: many }, (_, index) => `many/tenant-${index}`);
    await fill(backend, { template: recordOf() });
    const record = await client.dumpBuffer('circuitry:{template}');
    for (let start = 0; start < many; start += 10_000) {
      const pipeline = client.pipeline();
      for (const name of names.slice(start, start + 10_000)) pipeline.restore(`circuitry:{${name}}`, 0, record);
      await pipeline.exec();
    }
    await fill(backend, { 'zzz/last-in-the-alphabet': openRecord(600_000) });
    await backend.close();
  }, 120_000);
  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });

  const listed = async (...words: string[]) => {
    const options = { nodeFlags: [`--max-old-space-size=${heap}`] };
    const { code, out, err } = await program.run(['list', '--redis', server.url, ...words], options);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return out.trimEnd().split('\n');
  };

  test(`are listed within a heap of ${heap} MB, the troubled one first`, async () => {
    const lines = await listed();
    expect(lines).toHaveLength(many + 3);
    expect(lines[1]).toMatch(/^zzz\/last-in-the-alphabet +open/);
  }, 600_000);

  test('a reader that has seen enough ends the listing without a fault', async () => {
    const { status, stdout, stderr } = spawnSync(
      'bash',
      [
        '-c',
        'set -o pipefail; "$0" --no-warnings "$1" list --redis "$2" | head -2',
        process.execPath,
        program.file,
        server.url,
      ],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n')[1]).toMatch(/^zzz\/last/);
  }, 600_000);
});
