import { build } from 'esbuild';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { root } from './command.mjs';

// The way of one call through core: which of its files a call that succeeds passes, and how often it hops from one to
// another. It is read from a build in which every function says that it was entered; nothing is listed by hand.
// Printed by `npm run path`; held by test/path-of-a-call.test.mjs.

const sources = join(root, 'packages', 'core', 'src');
const probe = 'circuitryFunctionEntered';

/** The calls whose way is measured, by the settings that make them. */
export const kinds = { strict: {}, bounded: { consistency: { maxStaleness: '10s' } } };

/**
 * The way of the second call of a circuit that succeeds, on MemoryBackend: the first one makes what a circuit needs once.
 *
 * @returns the functions in the order in which they were entered, each with its file
 */
export async function wayOfACall(settings) {
  const folder = mkdtempSync(join(tmpdir(), 'circuitry-path-'));
  try {
    const outfile = join(folder, 'core.mjs');
    await build({
      entryPoints: [join(sources, 'index.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      target: 'es2022',
      logLevel: 'error',
      plugins: [{ name: 'probes', setup: ({ onLoad }) => onLoad({ filter: /\.ts$/ }, withProbes) }],
    });
    return await watch(await import(pathToFileURL(outfile).href), settings);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How many files a way passes, and how many of its steps lead from one file into another. */
export function measure(way) {
  const hops = way.filter(({ file }, place) => place > 0 && way[place - 1].file !== file).length;
  return { files: new Set(way.map(({ file }) => file)).size, hops };
}

async function watch({ CircuitBreakerFactory, MemoryBackend }, settings) {
  const way = [];
  let isWatching = false;
  globalThis[probe] = (file, name) => {
    if (isWatching) way.push({ file, name });
  };
  const factory = new CircuitBreakerFactory({ backend: new MemoryBackend(), allowAfter: '30s', ...settings });
  try {
    const breaker = factory.breakerFor('mail', { tenantId: 'acme' });
    await breaker.execute(async () => 'the first');
    isWatching = true;
    await breaker.execute(async () => 'the second');
    isWatching = false;
  } finally {
    await factory.close();
    delete globalThis[probe];
  }
  return way;
}

function withProbes({ path }) {
  const text = readFileSync(path, 'utf8');
  const file = relative(sources, path).split(sep).join('/');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const insertions = [];
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body !== undefined) {
      const call = `globalThis.${probe}?.(${JSON.stringify(file)}, ${JSON.stringify(nameOf(node))})`;
      if (ts.isBlock(node.body)) insertions.push([node.body.getStart(source) + 1, `${call};`]);
      else insertions.push([node.body.getStart(source), `(${call}, `], [node.body.getEnd(), ')']);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { contents: inserted(text, insertions), loader: 'ts' };
}

/** From the last place to the first; of two at one place, the later found is the inner one and stands behind. */
function inserted(text, insertions) {
  let result = text;
  for (const [place, added] of insertions.toSorted(([one], [other]) => one - other).toReversed())
    result = result.slice(0, place) + added + result.slice(place);
  return result;
}

/** An arrow function without a name is called after what it stands in. */
function nameOf(node) {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  const name = node.name ?? node.parent.name;
  if (name !== undefined) return name.getText();
  let outer = node.parent;
  while (outer !== undefined && !ts.isFunctionLike(outer)) outer = outer.parent;
  return outer === undefined ? 'a function' : `in ${nameOf(outer)}`;
}

/** Functions entered one after another in one file stand on one line. */
function print(kind, way) {
  const { files, hops } = measure(way);
  console.log(`\nA ${kind} call that succeeds: ${files} files, ${hops} hops between them\n`);
  let line = null;
  for (const { file, name } of way) {
    if (line?.file !== file) {
      if (line !== null) console.log(`  ${line.file.padEnd(36)} ${line.names.join(', ')}`);
      line = { file, names: [] };
    }
    line.names.push(name);
  }
  console.log(`  ${line.file.padEnd(36)} ${line.names.join(', ')}`);
}

if (import.meta.filename === process.argv[1])
  for (const [kind, settings] of Object.entries(kinds)) print(kind, await wayOfACall(settings));
