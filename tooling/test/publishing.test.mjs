import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../command.mjs';
import { installPacked, pack, publishedPackages } from '../packed.mjs';

// What is published is what is tested: everything here looks at the packed tarball, never at the sources.

const packages = publishedPackages();
const names = packages.map(({ name }) => name);
let folder;
let tarballs;
let installed;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'circuitry-pack-'));
  tarballs = packages.map(({ name, path }) => ({ name, path, tarball: pack(path, folder) }));
  installed = installPacked(tarballs);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(installed.folder, { recursive: true, force: true });
});

/** Runs a tool of the workspace; what it printed is the failure's message. */
function tool(command, args) {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules', '.bin', command), args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${status}\n${stdout}\n${stderr}`);
}

function node(...args) {
  return execFileSync(process.execPath, args, { cwd: installed.folder, encoding: 'utf8' }).trim();
}

function tarballOf(name) {
  return tarballs.find((packed) => packed.name === name).tarball;
}

/** What users may import: the package and its subpaths. */
function entriesOf(name) {
  const subpaths = Object.keys(installed.manifest(name).exports).filter((subpath) => subpath !== './package.json');
  return subpaths.map((subpath) => name + subpath.slice(1));
}

describe.each(names)('the tarball of %s', (name) => {
  it('has nothing that publint would change', () => {
    tool('publint', ['run', tarballOf(name), '--strict']);
  });

  it('gives ES modules and CommonJS the types that belong to them', () => {
    tool('attw', [tarballOf(name), '--profile', 'node16', '--no-emoji']);
  });

  it('can be imported and required, with the same exports', () => {
    for (const entry of entriesOf(name)) {
      const imported = node(
        '--input-type=module',
        '-e',
        `console.log(Object.keys(await import('${entry}')).sort().join())`,
      );
      const required = node('-e', `console.log(Object.keys(require('${entry}')).sort().join())`);
      expect(imported).not.toBe('');
      expect(required).toBe(imported);
    }
  });

  it('names no source condition and no workspace version', () => {
    expect(JSON.stringify(installed.manifest(name))).not.toContain('@circuitry/source');
    const { dependencies, peerDependencies } = installed.manifest(name);
    expect(JSON.stringify({ dependencies, peerDependencies })).not.toContain('workspace:');
  });

  it('has its licence, and no test or source', () => {
    const files = execFileSync('tar', ['-tzf', tarballOf(name)], { encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(files).toContain('package/LICENSE');
    expect(files.filter((file) => /^package\/(src|test)\//.test(file))).toEqual([]);
  });
});

it('@circuitry/core has no dependencies at all', () => {
  const { dependencies, peerDependencies, optionalDependencies } = installed.manifest('@circuitry/core');
  expect({ dependencies, peerDependencies, optionalDependencies }).toEqual({});
});
