import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

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
