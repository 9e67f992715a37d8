// A Redis in a container, for CIRCUITRY_TEST_WITH=containers. The image is CIRCUITRY_REDIS_IMAGE; without it one is made
// of this machine's own redis-server and the libraries that it needs, so that no registry has to be reached.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { redisServer } from './redis-binary.mjs';

const localImage = 'circuitry-redis:local';

/** @returns {string | null} why there is no Docker to run containers with; null where there is */
export function noDocker() {
  try {
    docker('info', '--format', '{{.ServerVersion}}');
    return null;
  } catch (error) {
    const said = String(error.stderr ?? '')
      .trim()
      .split('\n')[0];
    return `Docker can't be used here: ${said || error.message}`;
  }
}

/** The image to run: the one that was asked for, or a local one, made now if it isn't there. */
export function redisImage() {
  const chosen = process.env.CIRCUITRY_REDIS_IMAGE;
  if (chosen) return chosen;
  if (docker('images', '--quiet', localImage).trim() === '') buildLocalImage();
  return localImage;
}

function buildLocalImage() {
  const found = redisServer();
  if ('missing' in found) throw new Error(`no image can be made: ${found.missing}`);
  const root = mkdtempSync(join(tmpdir(), 'circuitry-image-'));
  try {
    const copy = (file, target = file) => {
      mkdirSync(dirname(join(root, target)), { recursive: true });
      copyFileSync(file, join(root, target));
    };
    copy(found.path, '/usr/bin/redis-server');
    const libraries = execFileSync('ldd', [found.path], { encoding: 'utf8' }).match(/\/\S+\.so\S*/g) ?? [];
    for (const library of new Set(libraries)) copy(library);
    for (const folder of ['data', 'tmp', 'etc', 'proc', 'dev']) mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/usr/bin/redis-server\n');
    const archive = execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 2 ** 28 });
    const entry = ['redis-server', '--protected-mode', 'no', '--save', '', '--appendonly', 'no'];
    const changes = ['WORKDIR /data', 'EXPOSE 6379', `ENTRYPOINT ${JSON.stringify(entry)}`, 'ENV PATH=/usr/bin'];
    execFileSync('docker', ['import', ...changes.flatMap((change) => ['-c', change]), '-', localImage], {
      input: archive,
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function docker(...words) {
  return execFileSync('docker', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 });
}
