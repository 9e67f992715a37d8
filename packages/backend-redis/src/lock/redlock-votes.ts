import type RedlockClient from 'redlock';
import type { Link } from '../connection/link.js';
import { loadRedlock } from './redlock-class.js';

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

  private constructor(Redlock: typeof RedlockClient, links: readonly Link[]) {
    this.#voters = links.map((link) => new Voter(link));
    this.redlock = new Redlock(this.#voters, once);
  }

  static async among(links: readonly Link[]): Promise<Ballot> {
    return new Ballot(await loadRedlock(), links);
  }

  /**
   * Why the operation rejected with `error`: 'held' where most servers may have answered, and the lock is not ours
   * there; otherwise the first fault of a server.
   */
  whyRefused(error: unknown): 'held' | Error {
    if ((error as Error).name !== 'ExecutionError') return error as Error;
    const faults = this.#voters
      .map(({ verdict }) => verdict)
      .filter((verdict) => verdict !== null && verdict !== 'answered');
    return 2 * faults.length > this.#voters.length ? (faults[0] as Error) : 'held';
  }
}

/** A connection as redlock calls one. What follows its first verdict, the giving back of a minority's locks, is no vote. */
class Voter {
  verdict: Verdict = null;
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  evalsha(sha1: string, keyCount: number, args: string[]): Promise<unknown> {
    return this.#ask('evalsha', sha1, keyCount, args);
  }

  eval(script: string, keyCount: number, args: string[]): Promise<unknown> {
    return this.#ask('eval', script, keyCount, args);
  }

  async #ask(command: string, script: string, keyCount: number, args: readonly unknown[]): Promise<unknown> {
    try {
      if (this.#link.ready === null) await this.#link.whenReady();
      const words = [command, script, String(keyCount), ...args.map(String)];
      const answer = await this.#link.ready?.send(String(args[0]), words);
      this.verdict ??= 'answered';
      return answer;
    } catch (error) {
      const fault = error as Error;
      if (!fault.message.startsWith('NOSCRIPT')) this.verdict ??= fault;
      throw fault;
    }
  }
}
