// Packs core and testkit as they would be published, installs them beside this folder's own dependencies in a folder
// outside the repository, and runs the conformance suite there: what a stranger has, and nothing more. Needs a registry.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), 'circuitry-third-party-'));
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });

try {
  for (const part of ['package.json', 'src', 'test']) cpSync(join(here, part), join(folder, part), { recursive: true });
  const tarballs = ['core', 'testkit'].map((name) => {
    const packed = run('pnpm', ['pack', '--json', '--pack-destination', folder], join(here, '../../packages', name));
    return JSON.parse(packed).filename;
  });
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs], folder);
  execFileSync('npm', ['test', '--silent'], { cwd: folder, stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
