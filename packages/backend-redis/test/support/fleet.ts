import { build } from 'esbuild';
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Library, Where } from './clients.js';
import { libraries } from './glide.js';

const require = createRequire(import.meta.url);

/** What a worker is told. */
export interface WorkerConfig extends Where {
  readonly prefix: string;
  readonly circuits: number;
  /** How long each call may take, ms. */
  readonly timeout: number;
}

/** What one of them is told besides. */
export interface WorkerClient {
  readonly library: Library;
  /** Where valkey-glide is: a bundle can't have it, for it is partly no JavaScript. */
  readonly glidePath?: string;
}

/** What a worker has seen so far. */
export interface WorkerReport {
  /** Writes that were applied, by their answer. */
  acknowledged: number;
  /** Storage errors that said the write may have happened, and those that said it did not. */
  ambiguous: number;
  unambiguous: number;
  /** Rejections that were no StorageError. */
  others: string[];
  /** The longest call, ms. */
  longest: number;
  /** When a call last succeeded, ms since the epoch. */
  lastSuccess: number;
}

/** Worker processes of their own, each with its own client and backend; the libraries take turns. */
export class Fleet {
  readonly #children: ChildProcess[];
  readonly #folder: string;

  private constructor(children: ChildProcess[], folder: string) {
    this.#children = children;
    this.#folder = folder;
  }

  static async start(size: number, config: WorkerConfig): Promise<Fleet> {
    const folder = await mkdtemp(join(tmpdir(), 'circuitry-worker-'));
    const outfile = await bundleWorker('worker.ts', folder);
    // valkey-glide knows no Sentinel.
    const able = libraries.filter((library) => library !== 'valkey-glide' || config.sentinel === undefined);
    const children = Array.from({ length: size }, (_, index) => {
      const library = able[index % able.length] as Library;
      const path = library === 'valkey-glide' && { glidePath: require.resolve('@valkey/valkey-glide') };
      return fork(outfile, [JSON.stringify({ ...config, library, ...path })]);
    });
    return new Fleet(children, folder);
  }

  /** What each worker has seen by now. A worker that doesn't answer hangs the test: it must not. */
  reports(): Promise<WorkerReport[]> {
    return Promise.all(this.#children.map((child) => askFor(child, 'report')));
  }

  /** Whether every worker has had a call succeed since `time`, ms since the epoch. */
  async allWorkedSince(time: number): Promise<boolean> {
    return (await this.reports()).every((report) => report.lastSuccess > time);
  }

  /** Lets every worker finish what it does, and waits until all of them ended by themselves. */
  async stop(): Promise<WorkerReport[]> {
    const ended = this.#children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
    const reports = await Promise.all(this.#children.map((child) => askFor(child, 'stop')));
    await Promise.all(ended);
    return reports;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Bundles one of this folder's files, with the sources of our packages, into one that Node runs as it is. */
export async function bundleWorker(file: string, folder: string): Promise<string> {
  const outfile = join(folder, file.replace('.ts', '.mjs'));
  await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@circuitry/source'],
    // ioredis and redlock are CommonJS and call require.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

function askFor(child: ChildProcess, message: string): Promise<WorkerReport> {
  return new Promise((resolve) => {
    child.once('message', (report) => resolve(report as WorkerReport));
    child.send(message);
  });
}
