import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './command.mjs';

/** The packages that are published, by folder, as their own package.json describes them. */
export function publishedPackages() {
  return readdirSync(join(root, 'packages')).map((folder) => {
    const path = join(root, 'packages', folder);
    return { path, ...readJson(join(path, 'package.json')) };
  });
}

/** Packs a package as it would be published, and answers the tarball's path. */
export function pack(path, into) {
  const output = execFileSync('pnpm', ['pack', '--json', '--pack-destination', into], { cwd: path, encoding: 'utf8' });
  return JSON.parse(output).filename;
}

/**
 * A folder outside the repository in which the tarballs stand as installed, each with the dependencies that its packed
 * manifest names and no others. The dependencies are links to the workspace's own copies, so nothing is downloaded.
 */
export function installPacked(tarballs) {
  const modules = join(mkdtempSync(join(realpathSync(tmpdir()), 'circuitry-packed-')), 'node_modules');
  for (const { name, path, tarball } of tarballs) {
    const target = join(modules, name);
    mkdirSync(target, { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
    const manifest = readJson(join(target, 'package.json'));
    for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      if (tarballs.some((other) => other.name === dependency)) continue;
      link(join(path, 'node_modules', dependency), join(target, 'node_modules', dependency));
    }
  }
  return { folder: dirname(modules), manifest: (name) => readJson(join(modules, name, 'package.json')) };
}

function link(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(realpathSync(from), to, 'junction');
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
