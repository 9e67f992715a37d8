import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../run.mjs', import.meta.url));

/** A folder of the test's own; `remove` it. */
export async function makeFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'tenant-queue-test-'));
  return {
    path: (/** @type {string} */ name) => join(folder, name),
    /** @param {string} name @param {unknown} content */
    async write(name, content) {
      await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
      return join(folder, name);
    },
    read: (/** @type {string} */ name) => readFile(join(folder, name), 'utf8'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * Runs the demo as a user does.
 *
 * @param {readonly string[]} words
 * @param {(text: string) => void} [onOutput] hears what it prints, piece by piece
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
export function runDemo(words, onOutput = () => {}) {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...words],
      { env: { ...process.env, NO_COLOR: '1' } },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
      },
    );
    child.stdout?.on('data', onOutput);
  });
}
