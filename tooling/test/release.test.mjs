import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transformSync } from 'esbuild';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root } from '../command.mjs';
import { fencesOf } from '../docs/documents.mjs';
import { publishedPackages } from '../packed.mjs';
import { copyForRelease, npmrc, runIn } from '../release/rehearsal.mjs';
import { startRegistry, whyNoRegistry } from '../release/registry.mjs';

// A release, from the changesets to a stranger's folder, on a registry of its own.

const reason = whyNoRegistry();
const where = reason === null ? describe : describe.skip;

where(`a release${reason === null ? '' : ` (${reason})`}`, () => {
  let registry;
  let copy;
  let folder;

  beforeAll(async () => {
    registry = await startRegistry();
    copy = copyForRelease(registry);
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'circuitry-stranger-'));
    copy.release();
  }, 300_000);
  afterAll(async () => {
    await registry?.close();
    copy?.remove();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** A stranger's empty project, in which the first program of core's README stands. */
  function project(name) {
    const path = join(folder, name);
    mkdirSync(path);
    writeFileSync(join(path, '.npmrc'), npmrc(registry.address));
    writeFileSync(join(path, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }));
    const readme = 'packages/core/README.md';
    const [program] = fencesOf(readme, readFileSync(join(root, readme), 'utf8')).filter(
      ({ language }) => language === 'ts',
    );
    writeFileSync(join(path, 'first.mjs'), transformSync(program.code, { loader: 'ts', target: 'es2022' }).code);
    return path;
  }

  it('publishes every package, each with a changelog', () => {
    for (const { name, path } of publishedPackages()) {
      const found = runIn(copy.folder, 'npm', ['view', name, 'versions', '--json']);
      expect([JSON.parse(found)].flat()).toEqual([copy.versions()[name]]);
      const changelog = readFileSync(join(copy.folder, relative(root, path), 'CHANGELOG.md'), 'utf8');
      expect(changelog).toContain(`## ${copy.versions()[name]}`);
    }
  });

  it.each([
    ['npm', 'npm', ['install', '--no-audit', '--no-fund']],
    ['pnpm', 'pnpm', ['add', '--ignore-scripts']],
    ['yarn', 'npx', ['--yes', 'yarn@1.22.22', 'add', '--ignore-scripts', '--no-lockfile', '--silent']],
  ])('a stranger with %s installs core and a backend by name, and runs the first program', (name, command, words) => {
    const path = project(name);
    runIn(path, command, [...words, '@circuitry/core', '@circuitry/backend-redis', 'ioredis']);
    expect(runIn(path, process.execPath, ['first.mjs'])).toContain('requeued in 30 s');
    const program = "import('@circuitry/backend-redis').then(({ RedisBackend }) => console.log(typeof RedisBackend))";
    expect(runIn(path, process.execPath, ['-e', program])).toBe('function\n');
    const dist = join(path, 'node_modules/@circuitry/core/dist');
    const [source] = JSON.parse(readFileSync(join(dist, 'index.js.map'), 'utf8')).sources;
    expect(existsSync(join(dist, source))).toBe(true);
  });

  it.each(publishedPackages().map(({ name, path }) => [name, join(relative(root, path), 'README.md')]))(
    'what the README of %s has a stranger install can be had by name, and its peers agree',
    (_name, readme) => {
      const [{ code }] = fencesOf(readme).filter(({ language }) => language === 'sh');
      const words = code.split('\n')[0].replace(/#.*/, '').trim().split(/\s+/);
      // `npm install` of all that it names, or `npx` with a package behind each -p.
      const names = words[0] === 'npm' ? words.slice(2) : words.filter((_, index) => words[index - 1] === '-p');
      expect(names.length).toBeGreaterThan(0);
      const path = project(readme.split('/')[1]);
      const flags = ['--dry-run', '--strict-peer-deps', '--no-audit', '--no-fund'];
      expect(runIn(path, 'npm', ['install', ...flags, ...names])).toMatch(/add(ed)? /);
    },
  );

  it("a stranger's own backend is checked by the kit from the registry", () => {
    const path = project('backend');
    runIn(path, 'npm', ['install', '--no-audit', '--no-fund', '@circuitry/core', '@circuitry/testkit']);
    writeFileSync(
      join(path, 'my-backend.mjs'),
      `import { MemoryBackend } from '@circuitry/core';
export const harness = { open() { const memory = new MemoryBackend(); return { connect: () => memory.connect(), close() {} }; } };
`,
    );
    expect(runIn(path, 'npx', ['circuitry-testkit', './my-backend.mjs', '--only', 'R1,S2', '--format', 'tap'])).toMatch(
      /^ok 1/m,
    );
    expect(runIn(path, 'npx', ['circuitry-testkit', '--version']).trim()).toBe(copy.versions()['@circuitry/testkit']);
  });

  it('a second release of one package moves its version alone', () => {
    const before = copy.versions();
    writeFileSync(
      join(copy.folder, '.changeset/second.md'),
      "---\n'@circuitry/backend-redis': patch\n---\n\nReads a little faster.\n",
    );
    copy.release();
    const moved = Object.entries(copy.versions()).filter(([name, version]) => version !== before[name]);
    expect(moved.map(([name]) => name)).toEqual(['@circuitry/backend-redis']);
  });
});
