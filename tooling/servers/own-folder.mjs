import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let base = null;

/** A new temporary folder, that goes when this process ends, however that ends. */
export function ownFolder(name) {
  base ??= newBase();
  return mkdtempSync(join(base, `${name}-`));
}

/** A process that is killed removes nothing. So a shell waits until its pipe to us is closed, and removes the folder then. */
function newBase() {
  const folder = mkdtempSync(join(tmpdir(), 'circuitry-servers-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', remove);
  if (process.platform === 'win32') return folder;
  const remover = spawn('/bin/sh', ['-c', 'cat > /dev/null; rm -rf -- "$0"', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // What a terminal tells all of us to end must not end it before us.
    detached: true,
  });
  remover.unref();
  remover.stdin.unref();
  return folder;
}
