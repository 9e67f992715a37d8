import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Runs a program, bundled with the sources that it imports, in a process of its own, and answers what it sends.
 *
 * For what computes for long: inside of Jest, which follows every promise, it takes three times as long. A rejection that
 * nobody hears ends that process, as it would end a user's.
 *
 * @param program TypeScript that ends with `process.send(…)`
 * @param folder what its imports are relative to
 */
export async function inOwnProcess<T>(program: string, folder: string): Promise<T> {
  const work = mkdtempSync(join(tmpdir(), 'circuitry-program-'));
  try {
    const outfile = join(work, 'program.mjs');
    await build({
      stdin: { contents: program, resolveDir: folder, loader: 'ts' },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'es2022',
      conditions: ['@circuitry/source'],
      logLevel: 'error',
    });
    return await answerOf<T>(outfile);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function answerOf<T>(program: string): Promise<T> {
  const child = fork(program, { execArgv: [], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('message', (answer) => resolve(answer as T));
    child.once('close', (code) => reject(new Error(`The program's process ended with code ${code}.\n${errors}`)));
  });
}
