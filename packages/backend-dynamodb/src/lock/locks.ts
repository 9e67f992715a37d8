import { LockTimeoutError, type Clock, type Lease, type LockOptions } from '@circuitry/core';
import { attribute, format, lockAttribute } from '../record/attributes.js';
import { Placeholders } from '../record/expression.js';
import type { Keys } from '../record/key.js';
import { textValue } from '../record/item.js';
import { countdown, leaseLeft, withSignal, type PendingCalls } from '@circuitry/core/backend';
import type { Requests, WriteAnswer } from '../requests/requests.js';
import type { ServerTime } from '../time/server-time.js';
import { HeldLease, leaseLength } from './held-lease.js';
import { readLock, type StoredLock } from './read-lock.js';
import { sleep } from '../time/sleep.js';

/** The first pause between two looks at a held lock, ms; it doubles up to {@link longestPause}. */
const firstPause = 50;
const longestPause = 1_000;

/**
 * How long a lock's item outlives its lease, ms, before DynamoDB may delete it. A token that begins anew begins at the
 * present ms, which is beyond every earlier one, for tokens grow by 1 per lease: so the clocks of two workers may
 * differ by a week before a token could repeat.
 */
const retention = 7 * 86_400_000;

/** A lock that nobody holds. */
const free: StoredLock = { token: 0, owner: '', endsAt: 0 };

/** What one attempt came to. */
type Attempt = { readonly taken: Lease } | { readonly taken: null; readonly held: StoredLock };

interface LocksParts {
  readonly requests: Requests;
  readonly keys: Keys;
  readonly calls: PendingCalls;
  readonly clock: Clock;
  readonly time: ServerTime;
  readonly ttlAttribute: string;
}

/**
 * Locks: an item of its own per name, taken by a conditional update that also counts its fencing token up.
 *
 * The item stays after a release and after its holder's death, so a token never comes twice (clause L3). Every write
 * here is conditional on a random owner, so the SDK may repeat one whose answer was lost.
 */
export class Locks {
  readonly #parts: LocksParts;

  constructor(parts: LocksParts) {
    this.#parts = parts;
  }

  /** Takes the lock, looking again in growing, jittered pauses while another holds it. */
  async acquire(name: string, { lease, wait = 0 }: LockOptions, signal: AbortSignal): Promise<Lease> {
    const { clock, time } = this.#parts;
    const length = leaseLength(lease);
    const leftAfter = countdown(clock, wait);
    let slept = 0;
    const refuseIfTooLate = (): number => {
      const left = leftAfter(slept);
      slept = 0;
      if (!(left > 0)) throw new LockTimeoutError(name, wait);
      return left;
    };
    try {
      // Whose lease is over is for DynamoDB's time to say: a worker that has heard none yet asks for it first.
      if (!time.isKnown) await this.#look(name, signal);
      for (;;) {
        const attempt = await this.#tryTake(name, length, signal);
        if (attempt.taken !== null) return attempt.taken;
        refuseIfTooLate();
        for (
          let lock = attempt.held, pause = firstPause;
          lock.endsAt > time.now();
          pause = Math.min(pause * 2, longestPause)
        ) {
          const left = refuseIfTooLate();
          // Half of it at least, or many waiters would come in step.
          const jittered = pause * (0.5 + Math.random() / 2);
          slept = Math.max(1, Math.min(jittered, lock.endsAt - time.now(), left));
          await sleep(slept, clock, signal);
          lock = await this.#look(name, signal);
        }
      }
    } catch (error) {
      // It is the waiting that was cut short, whatever request was under way just then; one that DynamoDB had refused
      // by then tells more.
      if (signal.aborted && (error as { cause?: unknown } | null)?.cause === signal.reason) throw signal.reason;
      throw error;
    }
  }

  /**
   * One attempt: the lease, or whoever holds the lock.
   *
   * The lease's end is in the request. Its answer may come late, or be lost and come to a second request of the SDK's; or
   * it tells a worker whose clock is wrong that the end was a wrong one. So what is left is reckoned from before the
   * request, and by DynamoDB's time as it is known by then. A lease that is over, or nearly, is given back (clause L8):
   * another may hold the lock already. So is one whose end was reckoned by a clock that was set since the last answer.
   */
  async #tryTake(name: string, lease: number, signal: AbortSignal): Promise<Attempt> {
    const { clock, time } = this.#parts;
    const { correction } = time;
    const owner = crypto.randomUUID();
    const begunAt = clock.now();
    const endsAt = time.now() + lease;
    const lock = await this.#write(name, owner, endsAt, signal);
    if (lock.owner !== owner) return { taken: null, held: lock };
    if (time.isInDoubt) await this.#look(name, signal);
    const took = clock.now() - begunAt;
    const left = leaseLeft(lease, took, Math.min(lease - took, endsAt - time.now()));
    if (left !== null && !time.changedSince(correction)) return { taken: this.#lease(name, lock, lease, left) };
    await withSignal(this.#giveBack(name, owner), signal);
    return { taken: null, held: free };
  }

  /** A look costs a fifth of a write. */
  async #look(name: string, signal: AbortSignal): Promise<StoredLock> {
    return readLock(name, await this.#parts.requests.get(this.#key(name), { name, signal })) ?? free;
  }

  /** The lock as it stands after one write that takes it where it is free: ours, if its owner is. */
  async #write(name: string, owner: string, endsAt: number, signal: AbortSignal): Promise<StoredLock> {
    const now = this.#parts.time.now();
    const to = new Placeholders();
    const token = to.name(lockAttribute.token);
    const sets = [
      `${to.name(attribute.format)} = ${to.number(format)}`,
      `${token} = if_not_exists(${token}, ${to.number(Math.floor(now))}) + ${to.number(1)}`,
      `${to.name(lockAttribute.owner)} = ${to.value(textValue(owner))}`,
      ...this.#sets(endsAt, endsAt, to),
    ];
    const isFree = `attribute_not_exists(${to.name(this.#parts.keys.partitionKey)}) OR (${this.#isFormat(to)} AND ${to.name(attribute.endsAt)} <= ${to.number(now)} AND ${token} >= ${to.number(0)})`;
    const answer = await this.#update(name, `SET ${sets.join(', ')}`, isFree, to, signal).catch((error: unknown) => {
      // It may have been taken all the same: given back, best as we can, rather than held for a whole lease.
      if ((error as { ambiguous?: unknown }).ambiguous === true) void this.#giveBack(name, owner);
      throw error;
    });
    // No item although the condition failed: it was deleted in between. Held by nobody: try again.
    return readLock(name, answer.item) ?? free;
  }

  #lease(name: string, lock: StoredLock, length: number, left: number): Lease {
    return new HeldLease({
      ...{ name, lock, length, left },
      ...this.#parts,
      look: (signal) => this.#look(name, signal),
      moveEnd: (now, endsAt, signal) => this.#moveEnd(name, lock.owner, now, endsAt, signal),
    });
  }

  /** Moves the end of a lease that is not over; answers the lock as it stands where that is no longer ours to do. */
  async #moveEnd(
    name: string,
    owner: string,
    now: number,
    endsAt: number,
    signal: AbortSignal,
  ): Promise<'ours' | StoredLock | null> {
    const to = new Placeholders();
    const sets = this.#sets(endsAt, Math.max(endsAt, now), to);
    const isOurs = `${this.#isFormat(to)} AND ${to.name(lockAttribute.owner)} = ${to.value(textValue(owner))} AND ${to.name(attribute.endsAt)} > ${to.number(now)}`;
    const answer = await this.#update(name, `SET ${sets.join(', ')}`, isOurs, to, signal);
    if (answer.applied) return 'ours';
    const lock = readLock(name, answer.item);
    // The SDK repeated the request, and it was the first one that took effect.
    return lock?.owner === owner && lock.endsAt === Math.ceil(endsAt) ? 'ours' : lock;
  }

  async #giveBack(name: string, owner: string): Promise<void> {
    try {
      await this.#parts.calls.run(undefined, (signal) => this.#moveEnd(name, owner, this.#parts.time.now(), 0, signal));
    } catch {
      // The lease ends by itself.
    }
  }

  /** The end of the lease, and long after it the item's. */
  #sets(endsAt: number, keepFrom: number, to: Placeholders): string[] {
    const seconds = Math.ceil((keepFrom + retention) / 1_000);
    return [
      `${to.name(attribute.endsAt)} = ${to.number(Math.ceil(endsAt))}`,
      `${to.name(this.#parts.ttlAttribute)} = ${to.number(seconds)}`,
    ];
  }

  async #update(
    name: string,
    update: string,
    condition: string,
    to: Placeholders,
    signal: AbortSignal,
  ): Promise<WriteAnswer> {
    return this.#parts.requests.update(
      {
        Key: this.#key(name),
        UpdateExpression: update,
        ConditionExpression: condition,
        ReturnValues: 'ALL_NEW',
        ...to.toInput(),
      },
      { name, signal, repeatable: true },
    );
  }

  #isFormat(to: Placeholders): string {
    return `${to.name(attribute.format)} = ${to.number(format)}`;
  }

  #key(name: string): ReturnType<Keys['key']> {
    return this.#parts.keys.key('lock', name);
  }
}
