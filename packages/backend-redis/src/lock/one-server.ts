import type { Clock } from '@circuitry/core';
import type { KeyNames } from '../circuit/key-names.js';
import type { Requests } from '../connection/requests.js';
import { runScript } from '../connection/run-script.js';
import type { Attempt } from '../connection/storage-failure.js';
import { extendLockScript, releaseLockScript, takeLockScript, type Script } from '../scripts/embedded.js';
import { damagedCounter, fenceKept, type Holding, type LockKeeper } from './lock-keeper.js';
import type { TokenFloor } from './token-floor.js';

/** A lock on the server where the circuits are. */
export interface OwnedLock extends Holding {
  /** What the lock's key holds: nobody else's is the same. */
  readonly owner: string;
}

/** Locks on the server where the circuits are: one script takes the lock and draws its token, in one step. */
export class OneServer implements LockKeeper<OwnedLock> {
  readonly #requests: Requests;
  readonly #keys: KeyNames;
  readonly #clock: Clock;
  readonly #floor: TokenFloor;
  readonly #me: string;
  #taken = 0;

  constructor(requests: Requests, keys: KeyNames, clock: Clock, floor: TokenFloor) {
    this.#requests = requests;
    this.#keys = keys;
    this.#clock = clock;
    this.#floor = floor;
    this.#me = globalThis.crypto.randomUUID();
  }

  async take(name: string, ms: number, attempt: Attempt): Promise<OwnedLock | 'held'> {
    this.#taken += 1;
    const owner = `${this.#me}-${this.#taken}`;
    const kept = String(Math.min(ms + fenceKept, Number.MAX_SAFE_INTEGER));
    const args = [owner, String(ms), kept, this.#floor.least];
    const keys = [this.#keys.lock(name), this.#keys.fence(name)];
    // From when it is sent, not from the call: what it takes to connect is not the lock's time.
    let start = this.#clock.now();
    const onSend = (): void => void (start = this.#clock.now());
    try {
      const [outcome, text] = String(await this.#run(attempt, takeLockScript, keys, args, onSend)).split(' ');
      if (outcome === 'damaged') throw damagedCounter(name, this.#keys.fence(name));
      const token = Number(text);
      this.#floor.noteToken(token);
      return outcome === 'held' ? 'held' : { owner, token, start };
    } catch (error) {
      // The server may have run it, and nobody would have it then.
      if ((error as { ambiguous?: boolean }).ambiguous === true) {
        this.#run(attempt, releaseLockScript, [this.#keys.lock(name)], [owner]).catch(() => {});
      }
      throw error;
    }
  }

  async extend(name: string, { owner }: OwnedLock, ms: number, attempt: Attempt): Promise<boolean> {
    return (await this.#run(attempt, extendLockScript, [this.#keys.lock(name)], [owner, String(ms)])) === 1;
  }

  async release(name: string, { owner }: OwnedLock, attempt: Attempt): Promise<boolean> {
    return (await this.#run(attempt, releaseLockScript, [this.#keys.lock(name)], [owner])) === 1;
  }

  #run(
    attempt: Attempt,
    script: Script,
    keys: readonly string[],
    args: readonly string[],
    onSend: () => void = () => {},
  ): Promise<unknown> {
    return this.#requests.send({
      attempt,
      signal: undefined,
      key: keys[0] as string,
      work: (connection) => {
        onSend();
        return runScript(connection, script, keys, args);
      },
    });
  }
}
