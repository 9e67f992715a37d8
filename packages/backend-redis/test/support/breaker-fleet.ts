import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorker } from './fleet.js';
import { uniquePrefix } from './servers.js';

/** What a worker with breakers is told. */
export interface BreakerConfig {
  readonly port: number;
  readonly prefix: string;
  readonly circuits: readonly string[];
  /** ms; null: strict. */
  readonly maxStaleness: number | null;
  /** ms */
  readonly storageTimeout: number;
  readonly failureCountThreshold: number;
  /** ms */
  readonly allowAfter: number;
  /** Whether the worker takes in what the store pushes. */
  readonly push: boolean;
}

/** The same, with what the fleet adds. */
export interface WorkerConfig extends BreakerConfig {
  /** While there is this file the dependency is down: for all workers from the same moment. */
  readonly downFile: string;
}

/** What the parent can ask for; each is answered with a report. */
export type Order = 'report' | 'fail-once' | 'stop';

/** What a worker has seen so far. */
export interface BreakerReport {
  /** Calls that ended, by how: `'store'`, `'view'`, `'local'` ran; `'refused'` did not. */
  readonly ended: Readonly<Record<string, number>>;
  /** Calls under way whose work fails, or failed. */
  readonly failing: number;
  /** What must never be: a storage error, a wrong result, work that ran twice. */
  readonly problems: readonly string[];
  readonly storageFailures: number;
  readonly storageRecovered: number;
  /** State changes that this process announced, as `'circuit closed>open'`. */
  readonly changes: readonly string[];
  /** When each of the last calls that the store or a view let through began, ms since the epoch. */
  readonly admittedAt: readonly number[];
}

/** What the tests have in common; `circuits` and `maxStaleness` are theirs to say. */
export function configOf(
  port: number,
  changes: Partial<BreakerConfig> & Pick<BreakerConfig, 'circuits' | 'maxStaleness'>,
): BreakerConfig {
  return {
    port,
    prefix: uniquePrefix(),
    // Long enough for a busy machine: nothing but a killed server, which refuses at once, may fail.
    storageTimeout: 30_000,
    failureCountThreshold: 5,
    allowAfter: 500,
    push: true,
    ...changes,
  };
}

/** Whether a worker has ended so many more calls in one way than it had. */
export function hasMore(how: string, before: readonly BreakerReport[], count: number) {
  return ({ ended }: BreakerReport, worker: number): boolean =>
    (ended[how] ?? 0) >= (before[worker]?.ended[how] ?? 0) + count;
}

/** Worker processes of their own, each with a factory over its own client, calling without a pause. */
export class BreakerFleet {
  readonly #children: readonly ChildProcess[];
  readonly #folder: string;
  readonly #downFile: string;

  private constructor(children: readonly ChildProcess[], folder: string, downFile: string) {
    this.#children = children;
    this.#folder = folder;
    this.#downFile = downFile;
  }

  static async start(size: number, config: BreakerConfig): Promise<BreakerFleet> {
    const folder = await mkdtemp(join(tmpdir(), 'circuitry-breaker-'));
    const outfile = await bundleWorker('breaker-worker.ts', folder);
    const downFile = join(folder, 'down');
    const told: WorkerConfig = { ...config, downFile };
    const children = Array.from({ length: size }, () => fork(outfile, [JSON.stringify(told)]));
    return new BreakerFleet(children, folder, downFile);
  }

  /** From now on calls of every worker fail. */
  async breakDependency(): Promise<BreakerReport[]> {
    await writeFile(this.#downFile, '');
    return this.tell('report');
  }

  async healDependency(): Promise<BreakerReport[]> {
    await rm(this.#downFile, { force: true });
    return this.tell('report');
  }

  /** Every worker does as it is told, and reports. */
  tell(order: Order): Promise<BreakerReport[]> {
    return Promise.all(this.#children.map((_, worker) => this.tellOne(worker, order)));
  }

  tellOne(worker: number, order: Order): Promise<BreakerReport> {
    const child = this.#children[worker] as ChildProcess;
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`worker ${worker} ended with ${code}`));
      child.once('exit', onExit);
      child.once('message', (report) => {
        child.off('exit', onExit);
        resolve(report as BreakerReport);
      });
      child.send(order);
    });
  }

  /** Whether every worker's report is so. */
  async all(isSo: (report: BreakerReport, worker: number) => boolean): Promise<boolean> {
    return (await this.tell('report')).every(isSo);
  }

  /** Lets every worker finish what it does, and waits until all of them ended by themselves. */
  async stop(): Promise<BreakerReport[]> {
    const ended = this.#children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
    const reports = await this.tell('stop');
    await Promise.all(ended);
    return reports;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await rm(this.#folder, { recursive: true, force: true });
  }
}
