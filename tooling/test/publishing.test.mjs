import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import semver from 'semver';
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

/** What a tarball holds. */
function filesOf(name) {
  const files = execFileSync('tar', ['-tzf', tarballOf(name)], { encoding: 'utf8' });
  return files
    .trim()
    .split('\n')
    .map((file) => file.replace(/^package\//, ''));
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
    // With every resolution that there is, node10 included: package.json says `typesVersions` for its entries.
    tool('attw', [tarballOf(name), '--no-emoji']);
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

  it('takes no core but one whose contract it knows: not the next major, whatever that will be', () => {
    const range = installed.manifest(name).peerDependencies?.['@circuitry/core'];
    if (range === undefined) return;
    const { version } = installed.manifest('@circuitry/core');
    expect(semver.satisfies(version, range)).toBe(true);
    expect(semver.satisfies(semver.inc(version, 'major'), range)).toBe(false);
  });

  it('shows nothing internal in its types, each entry in one file', () => {
    const types = filesOf(name).filter((file) => file.endsWith('.d.ts'));
    expect(types.map((file) => basename(file, '.d.ts')).sort()).toEqual(
      entriesOf(name)
        .map((entry) => entry.slice(name.length + 1) || 'index')
        .sort(),
    );
    for (const file of filesOf(name).filter((each) => /\.d\.c?ts$/.test(each)))
      expect(readFileSync(join(installed.folder, 'node_modules', name, file), 'utf8')).not.toContain('@internal');
  });

  it('has source maps of both formats that lead to TypeScript', () => {
    const folder = join(installed.folder, 'node_modules', name, 'dist');
    for (const file of ['index.js.map', 'index.cjs.map']) {
      const { sources } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const ours = sources.filter((source) => !source.includes('node_modules'));
      // An entry that only hands its parts on has no line of its own.
      if (ours.length === 0) expect(sources).toEqual([]);
      // What is made by the build is no TypeScript, and stands there as it was made.
      const written = ours.filter((source) => !source.endsWith('.mjs'));
      expect(written.filter((source) => !source.endsWith('.ts') || !existsSync(join(folder, source)))).toEqual([]);
    }
  });

  it('has its comments once: in the types', () => {
    const folder = join(installed.folder, 'node_modules', name, 'dist');
    const code = filesOf(name).filter((file) => /^dist\/[^/]+\.c?js$/.test(file));
    const docstrings = /^\s*\/\*\*(?! @license)/m;
    expect(code.filter((file) => docstrings.test(readFileSync(join(folder, '..', file), 'utf8')))).toEqual([]);
  });

  it('has its licence, and no test or source', () => {
    expect(filesOf(name)).toContain('LICENSE');
    expect(filesOf(name).filter((file) => /^(src|test)\//.test(file))).toEqual([]);
  });
});

it.each([
  ['ES modules', 'wrong.mjs', "import { CircuitBreakerFactory } from '@circuitry/core';"],
  ['CommonJS', 'wrong.cjs', "const { CircuitBreakerFactory } = require('@circuitry/core');"],
])('a stack trace of %s names the line of TypeScript that threw', (_format, file, first) => {
  const second = 'try { new CircuitBreakerFactory({}); } catch ({ stack }) { console.log(stack.match(/at .*/)[0]); }';
  writeFileSync(join(installed.folder, file), `${first}\n${second}`);
  const [, source, line] = /\((.*dist\/src\/.*\.ts):(\d+):\d+\)/.exec(node('--enable-source-maps', file));
  expect(readFileSync(source, 'utf8').split('\n')[line - 1]).toContain('throw new InvalidSettingsError');
});

/** What a tarball weighed in bytes, rounded up, when it was last made smaller: who adds to one says so here. */
const sizes = {
  '@circuitry/backend-dynamodb': 112_000,
  '@circuitry/backend-redis': 121_500,
  '@circuitry/bullmq': 14_000,
  '@circuitry/cli': 90_000,
  '@circuitry/core': 245_500,
  '@circuitry/dashboard': 120_000,
  '@circuitry/http': 35_000,
  '@circuitry/otel': 22_500,
  '@circuitry/sqs': 19_000,
  '@circuitry/testkit': 241_000,
};

it.each(Object.entries(sizes))('the tarball of %s has at most %d bytes', (name, most) => {
  expect(statSync(tarballOf(name)).size).toBeLessThanOrEqual(most);
});

it('@circuitry/core has no dependencies at all', () => {
  const { dependencies, peerDependencies, optionalDependencies } = installed.manifest('@circuitry/core');
  expect({ dependencies, peerDependencies, optionalDependencies }).toEqual({});
});
