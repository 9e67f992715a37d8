import { describe, expect, it } from '@jest/globals';
import { cruise } from 'dependency-cruiser';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { root } from '../command.mjs';
import { dependencyRules } from '../lint/dependency-rules.mjs';
import { layers, limits, plainLists } from '../lint/layers.mjs';
import { publishedPackages } from '../packed.mjs';

/** What the rules say against the sources of a package, one line each. */
async function faultsOf(source, baseDir = root) {
  const { output } = await cruise([source], {
    baseDir,
    ruleSet: { forbidden: dependencyRules },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { conditionNames: ['@circuitry/source', 'import', 'default'], exportsFields: ['exports'] },
  });
  const own = output.summary.violations.filter(({ from }) => from.startsWith(source));
  return own.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

/** A package's files, each with its folder. */
function filesOf(source) {
  return readdirSync(source, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name, folder: dirname(join(source, name)) }));
}

describe.each(publishedPackages().map(({ path }) => relative(root, join(path, 'src'))))('%s', (source) => {
  it('has no circle of imports, types included, and no folder that imports one after it', async () => {
    expect(await faultsOf(source)).toEqual([]);
  });

  it(`has no folder of more than ${limits.files} files, plain lists of like things apart`, () => {
    const folders = new Map();
    for (const { folder } of filesOf(join(root, source))) folders.set(folder, (folders.get(folder) ?? 0) + 1);
    const full = [...folders].map(([folder, files]) => [relative(root, folder), files]);
    const faults = full.filter(([folder, files]) => files > limits.files && !plainLists.includes(folder));
    expect(faults.map(([folder, files]) => `${folder}: ${files} files`)).toEqual([]);
  });
});

it.each(Object.entries(layers))('the list of %s names each of its folders once', (name, folders) => {
  const there = readdirSync(join(root, 'packages', name, 'src'), { withFileTypes: true }).filter((each) =>
    each.isDirectory(),
  );
  expect(folders.toSorted()).toEqual(there.map((each) => each.name).sort());
});

it('a circle of types alone, an import upwards, a dependency of core and a file of another package are told', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'circuitry-layers-')));
  const write = (file, text) => {
    mkdirSync(dirname(join(folder, 'packages', file)), { recursive: true });
    writeFileSync(join(folder, 'packages', file), text);
  };
  write('core/src/time/one.ts', "import type { Two } from './two.js';\nexport interface One { two: Two }\n");
  write('core/src/time/two.ts', "import type { One } from './one.js';\nexport interface Two { one: One }\n");
  write('core/src/errors/three.ts', "import type { Four } from '../breaker/four.js';\nexport type Three = Four;\n");
  write('core/src/breaker/four.ts', "import 'node:fs';\nexport type Four = 4;\n");
  write('other/src/five.ts', "import '../../third/src/six.js';\n");
  write('third/src/six.ts', 'export const six = 6;\n');
  const faults = await faultsOf('packages', folder);
  rmSync(folder, { recursive: true });
  const names = new Set(faults.map((fault) => fault.split(':')[0]));
  expect([...names].sort()).toEqual([
    'core-errors-imports-upwards',
    'core-stands-alone',
    'no-circle',
    'own-sources-or-packages',
  ]);
});
