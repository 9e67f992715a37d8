import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { CheckResult } from '../../src/index.js';

const here = dirname(fileURLToPath(import.meta.url));

/** What stands for the reference among the mutants' names. */
export const reference = 'the reference';

/**
 * The checks that did not pass, of each mutant and of the reference.
 *
 * All run in one process of their own: inside of Jest, which follows every promise, it takes three times as long. A
 * rejection that a check leaves unheard ends that process, as it would end the command line.
 */
export async function runMutants(names: readonly string[]): Promise<ReadonlyMap<string, readonly CheckResult[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'circuitry-mutants-'));
  try {
    const outfile = join(folder, 'mutants.mjs');
    await build({
      stdin: { contents: programOf(names), resolveDir: here, loader: 'ts' },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'es2022',
      conditions: ['@circuitry/source'],
      logLevel: 'error',
    });
    return new Map(await answerOf(outfile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function programOf(names: readonly string[]): string {
  const imports = names.map((name, index) => `import { harness as mutant${index} } from './faults/${name}.js';`);
  const mutants = names.map((name, index) => `[${JSON.stringify(name)}, mutant${index}]`);
  return `
    ${imports.join('\n')}
    import { harnessOf, ReferenceBackend } from './reference/mutant.js';
    import { runVirtually } from '../virtual-time.js';
    const found = [];
    for (const [name, harness] of [[${JSON.stringify(reference)}, harnessOf(ReferenceBackend)], ${mutants.join(', ')}]) {
      const { results } = await runVirtually(harness, { seed: 7 });
      found.push([name, results.filter(({ outcome }) => outcome !== 'passed')]);
    }
    process.send(found);`;
}

function answerOf(program: string): Promise<[string, readonly CheckResult[]][]> {
  const child = fork(program, { execArgv: [], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('message', (found) => resolve(found as [string, readonly CheckResult[]][]));
    child.once('close', (code) => reject(new Error(`The process of the mutants ended with code ${code}.\n${errors}`)));
  });
}
