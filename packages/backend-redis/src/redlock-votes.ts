import type { Clock } from '@circuitry/core';
import type RedlockClient from 'redlock';
import { Redlock } from './redlock-class.js';
import type { RedisClient } from './script-runner.js';

/** Never repeated inside redlock: a lost lock would be asked for again and again before it is called lost. */
const once = { retryCount: 0 } as const;

/** What a server's first reply in an operation was; null while there is none. */
type Verdict = 'answered' | Error | null;

/**
 * One operation of redlock, and what each server said in it.
 *
 * redlock tells a lock that somebody holds from servers that can't be asked in its statistics only, and those settle
 * once *every* server has voted: never, with one that hangs.
 */
export class Ballot {
  readonly redlock: RedlockClient;
  readonly #voters: readonly Voter[];

  constructor(clients: readonly RedisClient[]) {
    this.#voters = clients.map((client) => new Voter(client));
    this.redlock = new Redlock(this.#voters, once);
  }

  /**
   * Why the operation rejected with `error`: 'held' where most servers may have answered, and the lock is not ours
   * there; otherwise the first fault of a server.
   */
  whyRefused(error: unknown): 'held' | Error {
    if ((error as Error).name !== 'ExecutionError') return toError(error);
    const faults = this.#voters.map(({ verdict }) => verdict).filter((verdict) => verdict instanceof Error);
    return 2 * faults.length > this.#voters.length ? (faults[0] as Error) : 'held';
  }
}

/** A client as redlock calls one. What follows its first verdict, the giving back of a minority's locks, is no vote. */
class Voter {
  verdict: Verdict = null;
  readonly #client: RedisClient;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  evalsha(sha1: string, keyCount: number, args: string[]): Promise<unknown> {
    return this.#note(this.#client.evalsha(sha1, keyCount, ...args));
  }

  eval(script: string, keyCount: number, args: string[]): Promise<unknown> {
    return this.#note(this.#client.eval(script, keyCount, ...args));
  }

  async #note(reply: Promise<unknown>): Promise<unknown> {
    try {
      const answer = await reply;
      this.verdict ??= 'answered';
      return answer;
    } catch (error) {
      // redlock ends the process at a rejection that is no Error of its own realm.
      const fault = toError(error);
      if (!fault.message.startsWith('NOSCRIPT')) this.verdict ??= fault;
      throw fault;
    }
  }
}

function toError(error: unknown): Error {
  if (error instanceof Error) return error;
  const { message = String(error) } = (error ?? {}) as { readonly message?: string };
  return new Error(message, { cause: error });
}

/** Settles as `promise` does, or with null after `ms`. */
export function within<T>(promise: Promise<T>, clock: Clock, ms: number): Promise<T | null> {
  return new Promise((resolve, reject) => {
    // In the background: who was aborted or closed meanwhile must not keep the process alive with it.
    const cancel = clock.after(ms, () => resolve(null), { background: true });
    promise.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
