// The fleet of a chaos run, from the options to the verdict: each store brings its servers, its troubles and its worker.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { check } from './check.mjs';
import { readLedgers } from './ledger.mjs';
import { makeRandom } from './random.mjs';
import { Worker } from './worker-process.mjs';

/** How long a run may take besides its time: to start its servers, to heal, and to end its workers, s. */
const longestRest = 240;

/** How far the workers' clocks are off, ms, in turn. */
const skews = [0, 300_000, -300_000, 0, 3_000, -20_000];

/** The options that each run takes, with more of its own. @param {Record<string, { type: 'string', default?: string }>} [more] */
export function readOptions(more = {}) {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '30' },
      workers: { type: 'string', default: '6' },
      seed: { type: 'string', default: '1' },
      ...more,
    },
  });
  const [seconds, workers, seed] = [values.seconds, values.workers, values.seed].map(Number);
  if (!(seconds > 0 && workers > 0 && Number.isInteger(seed)))
    throw new Error('--seconds and --workers are numbers above 0, --seed is a whole number.');
  return { ...values, seconds, workers, seed };
}

/** @param {number} ms */
function endTooLate(ms) {
  console.error(`The run did not end within ${Math.round(ms / 1_000)} s.`);
  process.exit(1);
}

export class Fleet {
  #folder = mkdtempSync(join(tmpdir(), 'circuitry-chaos-'));
  #options;
  random;
  /** @type {Worker[]} */
  workers = [];
  /** @type {Record<string, number>} */
  #troubles = {};

  /** @param {{ seconds: number, workers: number, seed: number }} options */
  constructor(options) {
    this.#options = options;
    const longest = (options.seconds + longestRest) * 1_000;
    setTimeout(() => endTooLate(longest), longest).unref();
    this.random = makeRandom(options.seed);
  }

  /**
   * Starts the workers.
   *
   * @param {URL} program each of them @param {(index: number) => object} setupOf what it is told besides
   */
  async start(program, setupOf) {
    this.workers = Array.from({ length: this.#options.workers }, (_, index) => {
      const setup = { name: `worker-${index}`, folder: this.#folder, skew: skews[index % skews.length] ?? 0 };
      return new Worker(program, { ...setup, ...setupOf(index) });
    });
    await Promise.all(this.workers.map((worker) => worker.ready()));
  }

  /**
   * One trouble after another, until the time is over.
   *
   * @param {() => { kind: string, make: (index: number) => unknown }} next what to make, of which worker's
   */
  async trouble(next) {
    const endsAt = Date.now() + this.#options.seconds * 1_000;
    while (Date.now() < endsAt) {
      const index = Math.floor(this.random() * this.workers.length);
      const { kind, make } = next();
      this.#troubles[kind] = (this.#troubles[kind] ?? 0) + 1;
      await make(index);
      await new Promise((resolve) => setTimeout(resolve, 200 + this.random() * 800));
    }
  }

  /** What only concerns a worker. @param {string} kind @param {number} index @param {number} ms */
  async troubleWorker(kind, index, ms) {
    const worker = /** @type {Worker} */ (this.workers[index]);
    if (kind === 'kill') await worker.killAndRestart();
    if (kind === 'freeze') worker.freezeFor(ms);
    if (kind === 'dependency') for (const each of this.workers) each.setHealth(this.random() < 0.5);
  }

  /** Ends the workers; how many did not end by themselves. */
  async end() {
    for (const each of this.workers) each.setHealth(true);
    return (await Promise.all(this.workers.map((worker) => worker.end()))).filter((isEnded) => !isEnded).length;
  }

  /**
   * Compares the ledgers with the store, and says what came of it, also as the exit code.
   *
   * @param {{ counted: import('@circuitry/core').CircuitRecord | null, unended: number, losses?: import('./check.mjs').Loss[] }} seen
   */
  report({ counted, unended, losses }) {
    const { summary, violations } = check(readLedgers(this.#folder), counted, losses);
    if (unended > 0) violations.push(`${unended} workers did not end within their time: a call never settled`);
    console.log('troubles:', this.#troubles);
    console.log('done:', summary);
    for (const violation of violations.slice(0, 50)) console.log('VIOLATED', violation);
    console.log(violations.length === 0 ? 'nothing was violated' : `${violations.length} violations`);
    if (violations.length === 0) rmSync(this.#folder, { recursive: true });
    else console.log(`the ledgers are in ${this.#folder}`);
    process.exitCode = violations.length === 0 ? 0 : 1;
  }
}
