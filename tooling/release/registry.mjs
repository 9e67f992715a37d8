import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../command.mjs';
import { freePort } from '../servers/redis.mjs';

const version = '6.8.0';
const place = join(root, 'node_modules/.cache/circuitry/verdaccio', version);
const program = join(place, 'node_modules/verdaccio/bin/verdaccio');

/** Installs verdaccio, once for all runs. @returns why there is none; null: there is */
export function whyNoRegistry() {
  if (existsSync(program)) return null;
  mkdirSync(place, { recursive: true });
  const manifest = { private: true, dependencies: { verdaccio: version }, overrides: { 'node-fetch': '2.7.0' } };
  writeFileSync(join(place, 'package.json'), JSON.stringify(manifest));
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', args, { cwd: place, encoding: 'utf8', timeout: 240_000 });
  return status === 0 && existsSync(program) ? null : `verdaccio ${version} can't be installed here`;
}

/** A registry on loopback that holds our packages alone. @returns its address, a token to publish with, and its end */
export async function startRegistry() {
  const folder = mkdtempSync(join(tmpdir(), 'circuitry-registry-'));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const config = {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    packages: { '@circuitry/*': { access: '$all', publish: '$authenticated' } },
    log: { type: 'stdout', format: 'json', level: 'error' },
  };
  // JSON is YAML as well.
  writeFileSync(join(folder, 'config.yaml'), JSON.stringify(config));
  const args = [program, '--config', join(folder, 'config.yaml'), '--listen', `127.0.0.1:${port}`];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const close = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let left = 300; ; left -= 1) {
    const answer = await fetch(`${address}/-/ping`).catch(() => null);
    if (answer?.ok) break;
    if (left === 0 || child.exitCode !== null) {
      await close();
      throw new Error('verdaccio does not answer');
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const user = { name: 'rehearsal', password: 'rehearsal' };
  const answer = await fetch(`${address}/-/user/org.couchdb.user:${user.name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(user),
  });
  const { token } = await answer.json();
  return { address, token, close };
}
