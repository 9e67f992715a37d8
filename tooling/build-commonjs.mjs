/**
 * Finishes what tsup has just written into dist: rolls up the types, derives the CommonJS half from the ES modules, and
 * lets the source maps of both lead to the TypeScript that is published beside them.
 *
 * tsup's own CommonJS output either copies shared modules into each entry (two classes of one name, so that
 * ./testing could not reach into index's MemoryBackend) or splits them and rewrites ?. and ?? into slow calls.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { transformSync } from 'esbuild';
import { rollUpTypes } from './declarations.mjs';
import { publishedMap, withoutComments, writeSources } from './source-maps.mjs';

for (const file of readdirSync('dist')) if (/\.d\.c?ts$/.test(file)) rmSync(`dist/${file}`);
for (const [file, text] of await rollUpTypes(process.cwd())) {
  const types = file.replace(/\.d\.ts$/, '.d.cts');
  write(types, toCommonJsPaths(text));
  // A class is the same one to TypeScript in both formats, and the tarball has its description once. ES modules may take
  // types from CommonJS, not the other way round.
  write(file, `export * from './${types.replace('.d.cts', '.cjs')}';\n`);
}
// A command is run, never required.
const { bin = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
const commands = Object.values(bin).map((path) => basename(path));
for (const file of readdirSync('dist')) if (file.endsWith('.js')) writeModule(file);

function writeModule(file) {
  const map = JSON.parse(read(`${file}.map`));
  writeSources(map);
  const bare = withoutComments(read(file));
  write(file, bare);
  write(`${file}.map`, JSON.stringify(publishedMap(map, file, bare)));
  if (!commands.includes(file)) writeCommonJs(file, bare, map);
}

function writeCommonJs(file, bare, map) {
  const inline = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
  const { code, map: mapOfBoth } = transformSync(bare.replace(/^\/\/# sourceMappingURL=.*$/m, inline), {
    format: 'cjs',
    platform: 'node',
    target: 'es2022',
    // .mjs: a default import of a CommonJS dependency means what it means to Node.
    sourcefile: file.replace(/\.js$/, '.mjs'),
    sourcemap: 'external',
    sourcesContent: false,
    logOverride: { 'empty-import-meta': 'silent' },
  });
  const target = file.replace(/\.js$/, '.cjs');
  write(target, `${toCommonJsPaths(code)}//# sourceMappingURL=${target}.map\n`);
  write(`${target}.map`, JSON.stringify(publishedMap(JSON.parse(mapOfBoth), target, code)));
}

/** Points the imports of neighbours at their CommonJS versions: dist is flat, so they all begin with './'. */
function toCommonJsPaths(text) {
  return text.replace(/(['"]\.\/[^'"\n]+)\.js(['"])/g, '$1.cjs$2');
}

function read(file) {
  return readFileSync(`dist/${file}`, 'utf8');
}

function write(file, text) {
  writeFileSync(`dist/${file}`, text);
}
