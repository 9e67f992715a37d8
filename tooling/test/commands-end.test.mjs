import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../command.mjs';

it('a command that is told to end ends what it runs, and begins nothing after it', async () => {
  const command = JSON.stringify(join(root, 'tooling/command.mjs'));
  const program = `import { run } from ${command};
  await run(process.execPath, ['-e', "console.log('first'); setInterval(() => {}, 1_000)"]);
  await run(process.execPath, ['-e', "console.log('second')"]);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (text) => {
    printed += text;
    child.kill('SIGTERM');
  });
  const ended = await new Promise((resolve) => child.once('close', resolve));
  expect({ ended, printed }).toEqual({ ended: 143, printed: 'first\n' });
});
