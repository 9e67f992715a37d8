import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { publishedPackages } from '../packed.mjs';
import { foldersFor } from './places.mjs';
import { prelude } from './printing.mjs';

const settings = { bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'silent' };

/**
 * Bundles the published packages' sources into `folder`, once for all programs.
 *
 * @returns by what users import (`@circuitry/core/testing`), where it lies
 */
export async function bundlePackages(folder) {
  const entries = publishedPackages().flatMap(({ name, path, exports }) =>
    Object.entries(exports)
      .filter(([, conditions]) => conditions['@circuitry/source'] !== undefined)
      .map(([subpath, conditions]) => ({
        imported: name + subpath.slice(1),
        source: join(path, conditions['@circuitry/source']),
      })),
  );
  await build({
    ...settings,
    entryPoints: entries.map(({ source }, index) => ({ in: source, out: String(index) })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    conditions: ['@circuitry/source'],
    plugins: [installed((resolveDir) => [resolveDir])],
  });
  return new Map(entries.map(({ imported }, index) => [imported, join(folder, `${index}.mjs`)]));
}

/** A program as one module, that imports our packages from their bundles and others from where they are installed. */
export async function bundleProgram({ file, line, language }, code, packages) {
  const places = foldersFor(file);
  const ours = {
    name: 'ours',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^@circuitry\// }, ({ path }) =>
        packages.has(path) ? { path: pathToFileURL(packages.get(path)).href, external: true } : undefined,
      ),
  };
  const { outputFiles } = await build({
    ...settings,
    stdin: { contents: code, loader: language, resolveDir: places[0], sourcefile: `${file}:${line}` },
    write: false,
    banner: { js: prelude },
    plugins: [ours, installed(() => places)],
  });
  return outputFiles[0].text;
}

/** What comes from the registry is imported, as the ES module that Node would find, from where it is installed. */
function installed(foldersOf) {
  return {
    name: 'installed',
    setup: ({ onResolve, resolve }) =>
      onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
        if (pluginData === 'asked' || isBuiltin(path) || path.startsWith('@circuitry/')) return undefined;
        for (const folder of foldersOf(resolveDir)) {
          const found = await resolve(path, { kind, resolveDir: folder, pluginData: 'asked' });
          if (found.errors.length === 0) return { path: pathToFileURL(found.path).href, external: true };
        }
        return undefined;
      }),
  };
}
