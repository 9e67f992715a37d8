import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../command.mjs';
import { rememberingTests } from '../turbo-cache.mjs';

// A test is replayed while its hash stays the same. So everything that decides what it does must be in the hash.

const byHand = suitesOf([], {});
const here = suitesOf(rememberingTests(), { CIRCUITRY_TEST_SERVERS: 'these', CIRCUITRY_TEST_NODE: 'this' });
const onOtherServers = suitesOf(rememberingTests(), { CIRCUITRY_TEST_SERVERS: 'those', CIRCUITRY_TEST_NODE: 'this' });
const onOtherNode = suitesOf(rememberingTests(), { CIRCUITRY_TEST_SERVERS: 'these', CIRCUITRY_TEST_NODE: 'that' });
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
const names = [...here.keys()];

it('a turbo that is started by hand remembers no test, and that of npm test all', () => {
  expect([...byHand.values()].filter(({ remembered }) => remembered)).toEqual([]);
  expect([...here.values()].filter(({ remembered }) => !remembered)).toEqual([]);
  expect(names.length).toBeGreaterThan(7);
});

describe.each(names)('the tests of %s', (name) => {
  const { folder, hash, files } = here.get(name);
  const reached = reachedFrom(folder, files);

  it('run again where a file has changed that they read outside of their package', () => {
    expect([...reached].filter((file) => !files.has(file))).toEqual([]);
  });

  it('run again where the sources of a package have changed that theirs depends on', () => {
    const sources = dependenciesOf(folder).flatMap((path) => tracked.filter((file) => file.startsWith(`${path}/src/`)));
    expect(sources.filter((file) => !files.has(file))).toEqual([]);
  });

  it('run again on another Node', () => {
    expect(onOtherNode.get(name).hash).not.toBe(hash);
  });

  const own = [...files].filter((file) => file.startsWith(`${folder}/`));
  const starts = [...reached, ...own].some((file) => /^tooling\/servers\/(redis|dynamodb)\.mjs$/.test(file));
  it(starts ? 'run again on other servers' : 'start no server, so other servers do not make them run again', () => {
    expect(onOtherServers.get(name).hash !== hash).toBe(starts);
  });
});

it('what is looked for is found: sources, servers and documents that the tests of backend-redis read', () => {
  const { folder, files } = here.get('@circuitry/backend-redis');
  const reached = reachedFrom(folder, files);
  for (const file of ['tooling/servers/redis.mjs', 'tooling/servers/resp.mjs', 'docs/redis.md', 'jest.preset.mjs']) {
    expect(reached).toContain(file);
  }
  expect(files).toContain('packages/core/src/machine/counting/draft.ts');
  expect(files).toContain('packages/testkit/src/index.ts');
  expect(dependenciesOf(folder)).toEqual(['packages/core', 'packages/testkit']);
});

it('the tests of the repository as a whole run again where any file of it has changed', () => {
  const { files } = here.get('@circuitry/tooling');
  expect(tracked.filter((file) => !files.has(file) && existsSync(join(root, file)))).toEqual([]);
  expect([...files].filter((file) => /(^|\/)(\.git|\.turbo|dist|node_modules)\//.test(file))).toEqual([]);
});

/** By package, what turbo would do with its tests; `files`: all whose content is in the hash, by way of other tasks too. */
function suitesOf(args, env) {
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo');
  const text = execFileSync(process.execPath, [turbo, 'run', 'test', '--dry=json', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { tasks } = JSON.parse(text);
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const filesOf = ({ directory, inputs, dependencies }) => [
    ...Object.keys(inputs).map((file) => join(directory, file)),
    ...dependencies.flatMap((id) => filesOf(byId.get(id))),
  ];
  const suites = tasks.filter(({ task, command }) => task === 'test' && command !== '<NONEXISTENT>');
  return new Map(
    suites.map((suite) => [
      suite.package,
      {
        folder: suite.directory,
        hash: suite.hash,
        remembered: suite.resolvedTaskDefinition.cache,
        files: new Set(filesOf(suite)),
      },
    ]),
  );
}

/** The files that a package's own name by a relative path, and those that these name, and so on. */
function reachedFrom(folder, files) {
  const reached = new Set();
  const waiting = [...files].filter((file) => file.startsWith(`${folder}/`));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (!/\.m?[jt]s$/.test(file)) continue;
    for (const named of namedIn(file)) {
      if (named.startsWith(`${folder}/`) || reached.has(named)) continue;
      reached.add(named);
      waiting.push(named);
    }
  }
  return reached;
}

/** What is imported, and what stands behind a `new URL`; what is built is told by what it is built from. */
function namedIn(file) {
  const text = readFileSync(join(root, file), 'utf8');
  const relative = [...text.matchAll(/(['"`])(\.\.?\/[^'"`\s]*)\1/g)].map(([, , path]) => path);
  const beside = [...text.matchAll(/new URL\(\s*'([^':]+)',\s*import\.meta\.url/g)].map(([, path]) => path);
  return [...relative, ...beside]
    .map((path) => join(dirname(file), path))
    .flatMap((path) => [path, path.replace(/js$/, 'ts')])
    .filter((path) => !path.startsWith('..') && !/(^|\/)(dist|node_modules)\//.test(path))
    .filter((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile());
}

/** The folders of the packages that one depends on, in any way. */
function dependenciesOf(folder) {
  const { dependencies, devDependencies, peerDependencies } = manifestOf(folder);
  const wanted = Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies });
  const folders = [...here.values()].map((suite) => suite.folder);
  return folders.filter((path) => wanted.includes(manifestOf(path).name)).sort();
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}
