import { expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../command.mjs';

it('no file, export or dependency is unused, and none is missing from a package.json', () => {
  const knip = join(root, 'node_modules', '.bin', 'knip');
  const { stdout, stderr, status } = spawnSync(knip, ['--no-progress', '--no-config-hints'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(`${stdout}${stderr}`.trim()).toBe('');
  expect(status).toBe(0);
});
