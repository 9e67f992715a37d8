import { isBuiltin } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { embedAssets } from '../embed-assets.mjs';
import { publishedPackages } from '../packed.mjs';
import { foldersFor } from './places.mjs';
import { prelude } from './printing.mjs';

const settings = { bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'silent' };

/**
 * Bundles the published packages' sources into `folder`, once for all programs, each package by itself: one that can't
 * be bundled is the trouble of those who import it.
 *
 * @returns by what users import (`@circuitry/core/testing`), where it lies, or why there is none
 */
export async function bundlePackages(folder) {
  const packages = publishedPackages().map(({ name, path, exports }) => ({
    folder: join(folder, basename(path)),
    entries: Object.entries(exports)
      .filter(([, conditions]) => conditions['@circuitry/source'] !== undefined)
      .map(([subpath, conditions], index) => ({
        imported: name + subpath.slice(1),
        source: join(path, conditions['@circuitry/source']),
        bundle: join(folder, basename(path), `${index}.mjs`),
      })),
  }));
  const bundles = new Map(packages.flatMap(({ entries }) => entries.map(({ imported, bundle }) => [imported, bundle])));
  await Promise.all(packages.map((each) => bundlePackage(each, bundles)));
  return bundles;
}

async function bundlePackage({ folder, entries }, bundles) {
  const building = build({
    ...settings,
    entryPoints: entries.map(({ source }, index) => ({ in: source, out: String(index) })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    plugins: [embedAssets, ours(bundles), installed((resolveDir) => [resolveDir])],
  });
  await building.catch(({ message }) => {
    for (const { imported } of entries) bundles.set(imported, { failure: `${imported} can't be bundled. ${message}` });
  });
}

/** A program as one module, that imports our packages from their bundles and others from where they are installed. */
export async function bundleProgram({ file, line, language }, code, bundles) {
  const places = foldersFor(file);
  const { outputFiles } = await build({
    ...settings,
    stdin: { contents: code, loader: language, resolveDir: places[0], sourcefile: `${file}:${line}` },
    write: false,
    banner: { js: prelude },
    plugins: [ours(bundles), installed(() => places)],
  });
  return outputFiles[0].text;
}

/** Our packages are imported from their bundles. */
function ours(bundles) {
  return {
    name: 'ours',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^@circuitry\// }, ({ path }) => {
        const bundle = bundles.get(path);
        if (bundle === undefined) return undefined;
        if (bundle.failure !== undefined) return { errors: [{ text: bundle.failure }] };
        return { path: pathToFileURL(bundle).href, external: true };
      }),
  };
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
