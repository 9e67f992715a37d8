import type { Clock } from '@circuitry/core';
import type { Lock } from 'redlock';
import type { KeyNames } from '../circuit/key-names.js';
import type { Link } from '../connection/link.js';
import type { Requests } from '../connection/requests.js';
import { runScript } from '../connection/run-script.js';
import { storageFailure, type Attempt } from '../connection/storage-failure.js';
import { fenceScript } from '../scripts/embedded.js';
import { within } from '../time/within.js';
import { damagedCounter, fenceKept, type Holding, type LockKeeper } from './lock-keeper.js';
import { Ballot } from './redlock-votes.js';
import type { TokenFloor } from './token-floor.js';

/** A lock on most of several servers. */
export interface VotedLock extends Holding {
  lock: Lock;
}

/** Locks on most of several independent servers, by redlock; their tokens come from the server where the circuits are. */
export class MostServers implements LockKeeper<VotedLock> {
  readonly #links: readonly Link[];
  readonly #requests: Requests;
  readonly #keys: KeyNames;
  readonly #clock: Clock;
  readonly #floor: TokenFloor;

  constructor(links: readonly Link[], requests: Requests, keys: KeyNames, clock: Clock, floor: TokenFloor) {
    this.#links = links;
    this.#requests = requests;
    this.#keys = keys;
    this.#clock = clock;
    this.#floor = floor;
  }

  async take(name: string, ms: number, attempt: Attempt): Promise<VotedLock | 'held' | 'late'> {
    // What it takes to connect is not the lock's time.
    await this.#majorityConnected();
    const start = this.#clock.now();
    const taking = this.#ask(attempt, (redlock) => redlock.acquire([this.#keys.lock(name)], ms));
    const lock = await within(taking, this.#clock, ms);
    if (lock === null) {
      taking.then((late) => this.#giveBack(late, attempt)).catch(() => {});
      return 'late';
    }
    if (lock === 'held') return lock;
    try {
      return { lock, start, token: await this.#tokenFor(name, ms, attempt) };
    } catch (error) {
      this.#giveBack(lock, attempt).catch(() => {});
      throw error;
    }
  }

  async extend(_name: string, held: VotedLock, ms: number, attempt: Attempt): Promise<boolean> {
    const lock = await this.#ask(attempt, (redlock) => redlock.extend(held.lock, ms));
    if (lock === 'held') return false;
    held.lock = lock;
    return true;
  }

  async release(_name: string, { lock }: VotedLock, attempt: Attempt): Promise<boolean> {
    return (await this.#ask(attempt, (redlock) => redlock.release(lock))) !== 'held';
  }

  async #giveBack(lock: Lock | 'held', attempt: Attempt): Promise<void> {
    if (lock !== 'held') await this.#ask(attempt, (redlock) => redlock.release(lock));
  }

  /** Settles once most servers are connected, or none more will be: those that can't be reached have no vote. */
  #majorityConnected(): Promise<void> {
    return new Promise((resolve) => {
      let connected = 0;
      let settled = 0;
      const count = (by: number): void => {
        connected += by;
        settled += 1;
        if (2 * connected > this.#links.length || settled === this.#links.length) resolve();
      };
      for (const link of this.#links) {
        link.whenReady().then(
          () => count(1),
          () => count(0),
        );
      }
    });
  }

  /** 'held' where most servers may have answered, and the lock is not ours there. */
  async #ask<T>(attempt: Attempt, work: (redlock: Ballot['redlock']) => Promise<T>): Promise<T | 'held'> {
    const ballot = await Ballot.among(this.#links);
    try {
      return await work(ballot.redlock);
    } catch (error) {
      const why = ballot.whyRefused(error);
      if (why === 'held') return why;
      throw storageFailure(why, attempt);
    }
  }

  /** Drawn while the lock is held, so it is greater than those of all earlier holders (clause L3). */
  async #tokenFor(name: string, ms: number, attempt: Attempt): Promise<number> {
    const key = this.#keys.fence(name);
    const args = [String(Math.min(ms + fenceKept, Number.MAX_SAFE_INTEGER)), this.#floor.least];
    const answer = await this.#requests.send({
      attempt,
      signal: undefined,
      key,
      work: (connection) => runScript(connection, fenceScript, [key], args),
    });
    if (answer === 'damaged') throw damagedCounter(name, key);
    const token = Number(answer);
    this.#floor.noteToken(token);
    return token;
  }
}
