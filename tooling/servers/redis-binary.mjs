import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @returns {string | null} where `name` stands in PATH */
export function which(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/**
 * The Redis server's program: CIRCUITRY_REDIS_SERVER, else `redis-server` or `valkey-server` from PATH, else Debian's
 * package, which is installed where that may be done (root on Debian).
 *
 * @returns {{ path: string } | { missing: string }} or why there is none
 */
export function redisServer() {
  const chosen = process.env.CIRCUITRY_REDIS_SERVER;
  if (chosen)
    return existsSync(chosen) ? { path: chosen } : { missing: `CIRCUITRY_REDIS_SERVER: there is no ${chosen}` };
  const found = which('redis-server') ?? which('valkey-server');
  if (found !== null) return { path: found };
  if (!isDebian())
    return { missing: 'there is no redis-server in PATH, and this is not a Debian that could install it' };
  if (process.getuid?.() !== 0) return { missing: 'there is no redis-server in PATH, and only root could install it' };
  try {
    install('redis-server');
  } catch (error) {
    return { missing: `there is no redis-server in PATH, and apt-get could not install it: ${error.message}` };
  }
  const path = which('redis-server');
  return path === null ? { missing: 'apt-get installed redis-server, but it is not in PATH' } : { path };
}

function isDebian() {
  return existsSync('/etc/os-release') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Installs a Debian package without starting its service. Package lists are fetched only if the first try fails. */
function install(name) {
  const run = (...words) =>
    execFileSync('apt-get', [...words, '-y', '-qq', '-o', 'DPkg::Lock::Timeout=120'], {
      stdio: 'pipe',
      // The package would start a server of its own on the default port.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    });
  const packages = ['install', '--no-install-recommends', name];
  try {
    run(...packages);
  } catch {
    run('update');
    run(...packages);
  }
}

/**
 * Valkey's program: CIRCUITRY_VALKEY_SERVER, else `valkey-server` from PATH, else Debian 12's backport, which is
 * unpacked (not installed) under node_modules/.cache, once.
 *
 * @returns {{ path: string } | { missing: string }} or why there is none
 */
export function valkeyServer() {
  const chosen = process.env.CIRCUITRY_VALKEY_SERVER;
  if (chosen)
    return existsSync(chosen) ? { path: chosen } : { missing: `CIRCUITRY_VALKEY_SERVER: there is no ${chosen}` };
  const found = which('valkey-server');
  if (found !== null) return { path: found };
  const cache = fileURLToPath(new URL('../../node_modules/.cache/circuitry/valkey', import.meta.url));
  const path = join(cache, 'usr/bin/valkey-server');
  if (existsSync(path)) return { path };
  if (!/bookworm/.test(isDebian() ? readFileSync('/etc/os-release', 'utf8') : '')) {
    return { missing: 'there is no valkey-server in PATH, and this is not the Debian 12 whose backports have one' };
  }
  try {
    unpackBackport(['valkey-server', 'valkey-tools'], cache);
  } catch (error) {
    return { missing: `there is no valkey-server in PATH, and its package could not be had: ${firstLine(error)}` };
  }
  return existsSync(path) ? { path } : { missing: 'the package valkey-tools holds no valkey-server' };
}

/** Downloads packages with lists and settings of its own: the machine's apt stays as it is. */
function unpackBackport(packages, target) {
  const work = mkdtempSync(join(tmpdir(), 'circuitry-backport-'));
  try {
    mkdirSync(join(work, 'lists/partial'), { recursive: true });
    writeFileSync(join(work, 'sources.list'), 'deb http://deb.debian.org/debian bookworm-backports main\n');
    const own = {
      'Dir::Etc::SourceList': `${work}/sources.list`,
      'Dir::Etc::SourceParts': '/dev/null',
      'Dir::State::Lists': `${work}/lists`,
    };
    const options = Object.entries(own).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    const run = (program, ...words) => execFileSync(program, words, { cwd: work, stdio: 'pipe', timeout: 60_000 });
    run('apt-get', ...options, '-qq', 'update');
    run('apt-get', ...options, '-qq', 'download', ...packages);
    // Whole or not at all: another process may be looking for it.
    const unpacked = join(work, 'unpacked');
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) run('dpkg', '-x', file, unpacked);
    mkdirSync(dirname(target), { recursive: true });
    if (!existsSync(target)) cpSync(unpacked, target, { recursive: true, verbatimSymlinks: true });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function firstLine(error) {
  return String(error.stderr || error.message).split('\n')[0];
}
