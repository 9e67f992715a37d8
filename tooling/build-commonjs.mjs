/**
 * Derives dist/*.cjs and dist/*.d.cts from the ES modules and types that tsup has just written.
 *
 * tsup's own CommonJS output either copies shared modules into each entry (two classes of one name, so that
 * ./testing could not reach into index's MemoryBackend) or splits them and rewrites ?. and ?? into slow calls.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { transformSync } from 'esbuild';

for (const file of readdirSync('dist')) {
  if (file.endsWith('.d.ts')) writeTypes(file);
  else if (file.endsWith('.js')) writeModule(file);
}

function writeModule(file) {
  const { code, map } = transformSync(read(file), {
    format: 'cjs',
    platform: 'node',
    target: 'es2022',
    // .mjs: a default import of a CommonJS dependency means what it means to Node.
    sourcefile: file.replace(/\.js$/, '.mjs'),
    sourcemap: true,
    logOverride: { 'empty-import-meta': 'silent' },
  });
  const target = file.replace(/\.js$/, '.cjs');
  write(target, `${toCommonJsPaths(code)}//# sourceMappingURL=${target}.map\n`);
  write(`${target}.map`, map);
}

function writeTypes(file) {
  write(file.replace(/\.d\.ts$/, '.d.cts'), toCommonJsPaths(read(file)));
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
