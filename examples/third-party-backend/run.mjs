// Packs core and testkit as they would be published, installs them beside this folder's own dependencies in a folder
// outside the repository, and runs the conformance suite there: what a stranger has, and nothing more. Needs a registry;
// where there is none it says so, and leaves one skipped test behind for `npm test` to count.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from '../../tooling/packed.mjs';

/** What npm says where no registry answers, or where it has no such version. */
const unreachable =
  /code (EAI_AGAIN|E404|ECONNREFUSED|ECONNRESET|ENETUNREACH|ENOTCACHED|ENOTFOUND|ERR_SOCKET_TIMEOUT|ETARGET|ETIMEDOUT)/;
/** Once more, soon: who has no network is not to wait for minutes. What was installed before comes from npm's cache. */
const patience = [
  '--prefer-offline',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
  '--fetch-timeout=60000',
];

const here = import.meta.dirname;
const results = join(here, '.test-results');
const counts = join(results, 'jest.json');
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'circuitry-third-party-'));
rmSync(results, { recursive: true, force: true });
try {
  process.exitCode = install() ? runTests() : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Whether everything could be installed. Anything but a registry out of reach is a fault, and ends the run. */
function install() {
  for (const part of ['package.json', 'src', 'test']) cpSync(join(here, part), join(folder, part), { recursive: true });
  const tarballs = ['core', 'testkit'].map((name) => pack(join(here, '../../packages', name), folder));
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', ...patience, ...tarballs];
  const { status, stderr } = npm(args, { stdio: ['ignore', 'inherit', 'pipe'] });
  if (status === 0) return true;
  // Our own packages come from the tarballs: to ask a registry for one is a fault of the tarballs.
  if (!unreachable.test(stderr) || stderr.includes('@circuitry')) throw new Error(`npm install failed:\n${stderr}`);
  skip(`its dependencies can't be installed: ${unreachable.exec(stderr)[1]} from the registry`);
  return false;
}

function skip(reason) {
  const title = `SqliteBackend keeps the storage contract (skipped: ${reason})`;
  console.log(title);
  mkdirSync(results, { recursive: true });
  writeFileSync(counts, JSON.stringify({ passed: 0, failed: 0, skipped: 1, skippedTests: [title], failures: [] }));
}

/** The exit code of the stranger's own `npm test`. */
function runTests() {
  const reporters = ['default', join(here, '../../tooling/vitest-reporter.mjs')].map((path) => `--reporter=${path}`);
  const env = { ...process.env, CIRCUITRY_COUNTS_FILE: counts };
  const { status } = npm(['test', '--silent', '--', ...reporters], { stdio: ['ignore', 'inherit', 'inherit'], env });
  if (!existsSync(counts)) throw new Error('Vitest ended without a word on what it ran.');
  return status ?? 1;
}

function npm(args, options) {
  return spawnSync('npm', args, { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32', ...options });
}
