// A worker as its parent sees it: started, killed, frozen, ended.
import { fork } from 'node:child_process';
import { once } from 'node:events';

/** How long a worker may take for its last calls, ms. */
const longestEnd = 60_000;

/** What a worker is told; the rest is the program's own. @typedef {{ name: string, folder: string, skew: number }} Setup */

export class Worker {
  #program;
  #setup;
  #process;
  #lives = 0;

  /** @param {URL} program @param {Setup & object} setup */
  constructor(program, setup) {
    this.#program = program;
    this.#setup = setup;
    this.#process = this.#start();
  }

  async killAndRestart() {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
    this.#process = this.#start();
  }

  /** Resolves once it has begun. */
  async ready() {
    await once(this.#process, 'message');
  }

  /** @param {number} ms */
  freezeFor(ms) {
    const frozen = this.#process;
    frozen.kill('SIGSTOP');
    setTimeout(() => frozen.kill('SIGCONT'), ms);
  }

  /** @param {boolean} healthy */
  setHealth(healthy) {
    if (this.#process.connected) this.#process.send({ healthy });
  }

  /** False: it had to be killed. */
  async end() {
    this.#process.kill('SIGCONT');
    const ended = once(this.#process, 'exit').then(() => true);
    this.#process.send({ end: true });
    const tooLate = new Promise((resolve) => setTimeout(() => resolve(false), longestEnd).unref());
    const isEnded = await Promise.race([ended, tooLate]);
    if (!isEnded) this.#process.kill('SIGKILL');
    return isEnded === true;
  }

  #start() {
    this.#lives += 1;
    const setup = { ...this.#setup, name: `${this.#setup.name}-${this.#lives}` };
    const child = fork(this.#program, [JSON.stringify(setup)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    // What is sent to one that dies just now is lost, as it should be.
    child.on('error', () => {});
    return child;
  }
}
