import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { root } from './command.mjs';
import { fencesOf } from './docs/documents.mjs';

// Where else core runs: Bun, Deno and workerd, which get its first program.

export const others = { bun: '1.4.5', deno: '2.9.6', miniflare: '4.20260730.0' };

const readme = 'packages/core/README.md';
const core = join(root, 'packages/core/dist/index.js');

/** Runs the first program of core's README on core as it is built. @returns what it prints, and what went wrong */
export function runFirstProgram(name, folder) {
  const [{ code }] = fencesOf(readme, readFileSync(join(root, readme), 'utf8')).filter(
    ({ language }) => language === 'ts',
  );
  if (name === 'miniflare') {
    writeFileSync(join(folder, 'worker.mjs'), bundle(asWorker(code)));
    writeFileSync(join(folder, 'run.mjs'), askingTheWorker);
    return run(process.execPath, ['run.mjs'], folder);
  }
  writeFileSync(join(folder, 'first.mjs'), bundle(code));
  return run(join(folder, 'node_modules/.bin', name), name === 'deno' ? ['run', 'first.mjs'] : ['first.mjs'], folder);
}

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 120_000 });
  return {
    printed: stdout,
    fault: status === 0 ? null : `${command} ended with ${status ?? String(error)}\n${stderr}`,
  };
}

function bundle(contents) {
  const { outputFiles } = buildSync({
    stdin: { contents, loader: 'ts' },
    alias: { '@circuitry/core': core },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0].text;
}

/** A worker may ask for nothing until a request comes; it answers with what the program prints. */
function asWorker(code) {
  const imports = /^import [^]*? from '.*';$/gm;
  return `${code.match(imports).join('\n')}
export default { async fetch() {
  const lines: string[] = [];
  const console = { log: (...words: unknown[]) => lines.push(words.join(' ')) };
  ${code.replace(imports, '')}
  return new Response(lines.join('\\n'));
} };`;
}

const askingTheWorker = `import { readFileSync } from 'node:fs';
import { Miniflare } from 'miniflare';
const script = readFileSync('worker.mjs', 'utf8');
const server = new Miniflare({ modules: true, script, compatibilityDate: '2026-01-01' });
const answer = await server.dispatchFetch('http://localhost/');
console.log(await answer.text());
await server.dispose();
if (!answer.ok) process.exitCode = 1;
`;
