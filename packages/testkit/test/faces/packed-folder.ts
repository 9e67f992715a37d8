import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const testkit = fileURLToPath(new URL('../../', import.meta.url));
const core = join(testkit, '../core');
const modulesOfRoot = join(testkit, '../../node_modules');

/** A folder outside the repository in which the packed tarballs of core and testkit stand as installed. */
export class PackedFolder {
  readonly path: string = mkdtempSync(join(realpathSync(tmpdir()), 'circuitry-testkit-'));

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [name, path] of [
      ['@circuitry/core', core],
      ['@circuitry/testkit', testkit],
    ] as const) {
      this.#install(name, path);
    }
    for (const name of ['vitest', 'mocha', 'zod', 'commander']) this.#link(name, join(testkit, 'node_modules', name));
    this.#link('jest', join(modulesOfRoot, 'jest'));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(this.path, file), text);
  }

  /** Runs node in the folder and answers what came of it. */
  run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly code: number | null; readonly output: string }> {
    // A runner inside this runner must not take itself for this one.
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(JEST|NODE_TEST|VITEST|NODE_OPTIONS)/.test(name),
    );
    const child = spawn(process.execPath, args, {
      cwd: this.path,
      env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...env },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
  }

  /** The path of a runner's command. */
  command(...parts: readonly string[]): string {
    return join(this.path, 'node_modules', ...parts);
  }

  /** The one program of an installed package, whatever it is called: npx takes any name where all mean the same. */
  bin(name: string): string {
    const folder = this.command(name);
    const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { bin: Record<string, string> };
    const [path, ...others] = new Set(Object.values(bin));
    if (path === undefined || others.length > 0) throw new Error(`${name} must have one program for npx to run.`);
    return join(folder, path);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #install(name: string, path: string): void {
    if (!existsSync(join(path, 'dist/index.cjs'))) execFileSync('pnpm', ['run', 'build'], withPnpm(path));
    const packed = execFileSync('pnpm', ['pack', '--json', '--pack-destination', this.path], {
      ...withPnpm(path),
      encoding: 'utf8',
    });
    const { filename } = JSON.parse(packed) as { filename: string };
    const target = join(this.path, 'node_modules', name);
    mkdirSync(target, { recursive: true });
    execFileSync('tar', ['-xzf', filename, '-C', target, '--strip-components=1']);
    rmSync(filename);
    const manifest = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    for (const dependency of Object.keys(manifest.dependencies ?? {}))
      this.#link(dependency, join(path, 'node_modules', dependency));
  }

  #link(name: string, path: string): void {
    const target = join(this.path, 'node_modules', name);
    mkdirSync(dirname(target), { recursive: true });
    if (!existsSync(target)) symlinkSync(realpathSync(path), target, 'junction');
  }
}

/** turbo and npm put the root's commands on the path; a lone jest does not. */
function withPnpm(cwd: string): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
  return { cwd, env: { ...process.env, PATH: `${join(modulesOfRoot, '.bin')}:${process.env['PATH'] ?? ''}` } };
}
