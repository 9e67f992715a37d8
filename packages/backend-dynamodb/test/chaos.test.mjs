import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const isBuilt = existsSync(new URL('../dist/index.js', import.meta.url));
const shortRun = isBuilt ? test : test.skip;

shortRun(
  `a short chaos run violates nothing${isBuilt ? '' : ' (skipped: the package is not built)'}`,
  async () => {
    const program = fileURLToPath(new URL('../chaos/run.mjs', import.meta.url));
    const run = promisify(execFile)(process.execPath, [program, '--seconds', '3', '--workers', '2']);
    // What was violated stands in what the program prints.
    const { stdout, stderr } = await run.catch((failed) => failed);
    expect(`${stdout}${stderr}`).toContain('nothing was violated');
  },
  120_000,
);
