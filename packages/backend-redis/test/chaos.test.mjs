import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { redisServer } from '../../../tooling/servers/redis.mjs';

const isBuilt = existsSync(new URL('../dist/index.js', import.meta.url));
const server = redisServer();
const reason = 'missing' in server ? server.missing : isBuilt ? null : 'the package is not built';

(reason === null ? test.each : test.skip.each)([
  ['run.mjs', 'one Redis'],
  ['run-sentinel.mjs', 'Redis with Sentinel'],
])(
  `%s: a short chaos run violates nothing${reason === null ? '' : ` (skipped: ${reason})`}`,
  async (name) => {
    const program = fileURLToPath(new URL(`../chaos/${name}`, import.meta.url));
    const run = promisify(execFile)(process.execPath, [program, '--seconds', '3', '--workers', '2']);
    // What was violated stands in what the program prints.
    const { stdout, stderr } = await run.catch((failed) => failed);
    expect(`${stdout}${stderr}`).toContain('nothing was violated');
  },
  300_000,
);
