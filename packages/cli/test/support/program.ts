import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { buildSync } from 'esbuild';

/** How a run ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** How a run is made. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly nodeFlags?: readonly string[];
}

/** The command as a program of its own, made of the present sources. */
export interface Program {
  /** The file that plain Node runs. */
  readonly file: string;
  /** A folder that goes with the tests. */
  readonly folder: string;
  start(words: readonly string[], options?: RunOptions): ChildProcess;
  run(words: readonly string[], options?: RunOptions): Promise<Ended>;
  /** On a terminal of its own, by script(1): both outputs are one there. */
  runOnTerminal(
    words: readonly string[],
    options?: RunOptions & { readonly typed?: string; readonly columns?: number },
  ): Promise<Ended>;
}

/** Why there is no terminal to be had; null where there is. */
export const noTerminal: string | null = (() => {
  try {
    execFileSync('script', ['-qec', 'true', '/dev/null'], { stdio: ['ignore', 'ignore', 'ignore'], timeout: 20_000 });
    return null;
  } catch {
    return 'there is no script(1) of util-linux here';
  }
})();

const package_ = fileURLToPath(new URL('../..', import.meta.url));

/** Bundles the command, once per test file; it goes when the file is done. */
export function useProgram(): Program {
  const folder = mkdtempSync(join(tmpdir(), 'circuitry-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'dist'));
  const file = join(folder, 'dist/cli.mjs');
  // The command reads its version there, and a configuration its packages.
  cpSync(join(package_, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(package_, 'node_modules'), join(folder, 'node_modules'));
  buildSync({
    entryPoints: [join(package_, 'src/cli.ts')],
    // In pieces, as it is published: a run loads the client of the store that it is about, and no other.
    outdir: join(folder, 'dist'),
    outExtension: { '.js': '.mjs' },
    splitting: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@circuitry/source'],
    // Real ones, as they are installed.
    external: ['commander', 'cli-table3', 'picocolors', 'string-width', 'ioredis', '@aws-sdk/*', 'redlock', 'zod'],
    banner: { js: "import { createRequire as cr } from 'node:module'; const require = cr(import.meta.url);" },
    logLevel: 'error',
  });
  linkDependencies(folder);

  const start = (words: readonly string[], options: RunOptions = {}): ChildProcess =>
    spawn(
      process.execPath,
      ['--no-warnings', ...(options.nodeFlags ?? []), file, ...words],
      spawnOptions(folder, options),
    );
  return {
    file,
    folder,
    start,
    run: (words, options) => ended(start(words, options)),
    runOnTerminal(words, options = {}) {
      const command = [process.execPath, '--no-warnings', file, ...words]
        .map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
        .join(' ');
      const child = spawn('script', ['-qec', `stty cols ${options.columns ?? 160}; ${command}`, '/dev/null'], {
        ...spawnOptions(folder, { ...options, env: { TERM: 'xterm', ...options.env } }),
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      if (options.typed !== undefined) typeWhenAsked(child, options.typed);
      return ended(child);
    },
  };
}

/** What the bundled backends need is not this package's own. */
function linkDependencies(folder: string): void {
  for (const [name, owner] of [
    ['redlock', 'backend-redis'],
    ['zod', 'backend-redis'],
  ] as const) {
    mkdirSync(join(folder, 'dist/node_modules'), { recursive: true });
    symlinkSync(join(package_, '..', owner, 'node_modules', name), join(folder, 'dist/node_modules', name));
  }
}

function spawnOptions(folder: string, { env = {}, cwd = folder }: RunOptions): SpawnOptions {
  const { PATH = '', HOME = '' } = process.env;
  // Nothing of the caller's: not its terminal, its colours or its stores.
  return { cwd, env: { PATH, HOME, USER: 'ada', ...env }, stdio: ['ignore', 'pipe', 'pipe'] };
}

/** Types once it is asked: what is typed before may be thrown away. */
function typeWhenAsked(child: ChildProcess, text: string): void {
  let seen = '';
  const read = (chunk: Buffer): void => {
    seen += chunk.toString();
    if (!seen.includes('[y/N]')) return;
    child.stdout?.off('data', read);
    child.stdin?.write(text);
  };
  child.stdout?.on('data', read);
}

/** Everything that a run printed, and how it ended. */
export function ended(child: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}
