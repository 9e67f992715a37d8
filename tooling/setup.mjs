/** Installs what the repository needs, unless it is there already. Needs nothing but Node and npm. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, run, say } from './command.mjs';

const marker = join(root, 'node_modules', '.circuitry-setup');

export async function setup() {
  checkNode();
  const wanted = fingerprint();
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;

  const { packageManager } = JSON.parse(read('package.json'));
  say(`Installing the dependencies with ${packageManager}, exactly as pnpm-lock.yaml names them`);
  // Only errors: Stryker's prompts, which nothing here uses, warn at length that they want a newer Node.
  const code = await run('npx', ['--yes', packageManager, 'install', '--frozen-lockfile', '--loglevel=error']);
  if (code !== 0) {
    console.error(`The installation failed (${packageManager}, exit code ${code}): its own message stands above.`);
    process.exit(code);
  }
  writeFileSync(marker, wanted);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`This repository needs Node 20.19 or later; this is Node ${process.versions.node}.`);
  process.exit(1);
}

/** What an installation depends on: while it stays the same, what is installed is what is wanted. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(read(file));
  return `${hash.digest('hex')} ${process.platform}-${process.arch}\n`;
}

function read(file) {
  return readFileSync(join(root, file), 'utf8');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await setup();
  console.log('The repository is set up.');
}
