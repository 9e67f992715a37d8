// The instances of a function, and the time that they live in.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {{ type: 'invoke', mail: import('../handler.mjs').Mail, times: number } | { type: 'time', ahead: number } | { type: 'health', healthy: boolean } | { type: 'end' }} ToInstance
 * @typedef {{ requests: number, readUnits: number, writeUnits: number, lostWrites: number }} Capacity
 * @typedef {{ outcomes: import('../handler.mjs').Outcome[], capacity: Capacity, operations: Record<string, number> }} Answer
 */

const program = fileURLToPath(new URL('instance.mjs', import.meta.url));

export class Instance {
  #process;
  /** What it said when it was ready. */
  started;

  /** @param {{ clientConfig: object, settings: Record<string, string> }} setup */
  constructor(setup) {
    this.#process = fork(program, [JSON.stringify(setup)], { stdio: 'inherit' });
    this.started = this.#answer();
  }

  /**
   * @param {ToInstance} message
   * @returns {Promise<Answer>}
   */
  ask(message) {
    const answer = this.#answer();
    this.#process.send(message);
    return answer;
  }

  /** Lambda freezes an instance between invocations: nothing of it runs, and nobody tells it. */
  freeze() {
    this.#process.kill('SIGSTOP');
  }

  thaw() {
    this.#process.kill('SIGCONT');
  }

  async end() {
    const ended = once(this.#process, 'exit');
    this.#process.send({ type: 'end' });
    await ended;
  }

  kill() {
    this.#process.kill('SIGKILL');
  }

  /** @returns {Promise<Answer>} */
  async #answer() {
    const done = new AbortController();
    try {
      const [answer] = await Promise.race([
        once(this.#process, 'message', { signal: done.signal }),
        once(this.#process, 'exit', { signal: done.signal }).then(([code, signal]) => {
          throw new Error(`the instance ended with ${code ?? signal}`);
        }),
      ]);
      return answer;
    } finally {
      done.abort();
    }
  }
}
