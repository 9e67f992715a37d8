import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describeWithServer, usePlainRedis } from './support/servers.js';

/** A program as a CommonJS user writes one: every part that a build can break is reached, redlock among them. */
const program = (client: string): string => `
  const { RedisBackend } = require('./dist/index.cjs');
  const { Redis } = require(${JSON.stringify(client)});
  (async () => {
    const client = new Redis(process.argv[1]);
    const backend = new RedisBackend({ client, prefix: process.argv[2] });
    const { record } = await backend.retrieve('a');
    const lease = await backend.lock('a', { lease: 5000 });
    await lease.release();
    await backend.close();
    client.disconnect();
    console.log(record, lease.token > 0);
  })();
`;

const folder = fileURLToPath(new URL('..', import.meta.url));
const unbuilt = ['./dist/index.cjs', '../core/dist/index.cjs'].filter((file) => !existsSync(`${folder}/${file}`));

describeWithServer('The CommonJS build', () => {
  const redis = usePlainRedis();

  for (const client of ['ioredis', 'ioredis-5']) {
    const title = `is required, constructed, reads and locks, with ${client}`;
    if (unbuilt.length > 0) test.skip(`${title} (skipped: not built: ${unbuilt.join(', ')})`, () => {});
    else {
      test(title, async () => {
        const words = ['-e', program(client), redis.url, `test-commonjs-${client}`];
        const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: folder, timeout: 60_000 });
        expect(stdout).toBe('null true\n');
      });
    }
  }
});
