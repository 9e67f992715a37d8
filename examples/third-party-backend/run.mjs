// Packs core, testkit and the command line as they would be published, installs them beside this folder's own dependencies in a folder
// outside the repository, and runs the stranger's tests there: what a stranger has, and nothing more. Needs a registry;
// where there is none it says so, and leaves one skipped test behind for `npm test` to count.
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
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
let npmNow = null;
// Also after Ctrl-C: what runs is ended first, for it writes to the folder. A second one does not wait for that.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    const exit = () => process.exit(128 + constants.signals[signal]);
    if (npmNow === null || npmNow.exitCode !== null) return exit();
    npmNow.once('close', exit).kill(signal);
    return undefined;
  });
}
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
// PostgreSQL refuses to run as root: whoever runs it instead must get at its programs.
chmodSync(folder, 0o755);
rmSync(results, { recursive: true, force: true });
process.exitCode = (await install()) ? await runTests() : 0;

/** Whether everything could be installed. Anything but a registry out of reach is a fault, and ends the run. */
async function install() {
  for (const part of ['package.json', 'vitest.config.mjs', 'circuitry.config.mjs', 'src', 'test'])
    cpSync(join(here, part), join(folder, part), { recursive: true });
  const tarballs = ['core', 'testkit', 'cli'].map((name) => pack(join(here, '../../packages', name), folder));
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', ...patience, ...tarballs];
  const { status, errors } = await npm(args);
  if (status === 0) return true;
  // Our own packages come from the tarballs: to ask a registry for one is a fault of the tarballs.
  if (!unreachable.test(errors) || errors.includes('@circuitry')) throw new Error(`npm install failed:\n${errors}`);
  skip(`its dependencies can't be installed: ${unreachable.exec(errors)[1]} from the registry`);
  return false;
}

function skip(reason) {
  const title = `PostgresBackend keeps the storage contract (skipped: ${reason})`;
  console.log(title);
  mkdirSync(results, { recursive: true });
  writeFileSync(counts, JSON.stringify({ passed: 0, failed: 0, skipped: 1, skippedTests: [title], failures: [] }));
}

/** The exit code of the stranger's own `npm test`. */
async function runTests() {
  const reporters = ['default', join(here, '../../tooling/vitest-reporter.mjs')].map((path) => `--reporter=${path}`);
  const { status } = await npm(['test', '--silent', '--', ...reporters], { CIRCUITRY_COUNTS_FILE: counts });
  if (!existsSync(counts)) throw new Error('Vitest ended without a word on what it ran.');
  return status ?? 1;
}

/** Runs npm in the folder; what it says of errors is shown, and answered as well. */
function npm(args, env = {}) {
  npmNow = spawn('npm', args, {
    cwd: folder,
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let errors = '';
  npmNow.stderr.on('data', (text) => (errors += text));
  npmNow.stderr.pipe(process.stderr);
  return new Promise((resolve, reject) => {
    npmNow.once('error', reject);
    npmNow.once('close', (status) => resolve({ status, errors }));
  });
}
