import {
  casLease,
  StorageError,
  type Change,
  type CircuitRecord,
  type Delta,
  type Lease,
  type LockOptions,
  type NamedRecord,
  type Reading,
  type StorageBackend,
  type StoreOptions,
  type Unwatch,
  type WatchListener,
  type WriteOptions,
} from '@circuitry/core';
import type { VirtualClock } from '@circuitry/core/testing';
import { Random } from '../concurrency/random.js';
import type { Ledger, LedgerEntry } from './rules/ledger.js';
import type { WorkerClock } from './worker-clock.js';

/** What is wrong with the way between one worker and the store. */
export interface LinkTrouble {
  /** Nothing gets through: refused at once. */
  isCut: boolean;
  /** How likely a request or an answer is lost, each. */
  loss: number;
}

/** What a link is made of. */
export interface LinkOptions {
  readonly worker: number;
  readonly store: StorageBackend;
  readonly ledger: Ledger;
  readonly time: VirtualClock;
  readonly machine: WorkerClock;
  readonly trouble: LinkTrouble;
  /** Of the store as a whole. */
  readonly isStoreDown: () => boolean;
  readonly isRefused: (name: string, reads: boolean) => boolean;
  readonly watches: boolean;
  readonly givesTime: boolean;
  /** The longest way, ms. */
  readonly latency: number;
  readonly seed: number;
  /** An answer that took longer, ms, may have been given up. */
  readonly patience: number;
}

/** One worker's way to the store: slow, lossy, cut for a while. What the store applied is noted in the ledger. */
export class Link implements StorageBackend {
  readonly contractVersion = 1;
  readonly #options: LinkOptions;
  readonly #random: Random;
  readonly #lock: ReturnType<typeof casLease>;
  readonly #listeners = new Set<WatchListener>();
  /** There where the store pushes. */
  declare watch?: NonNullable<StorageBackend['watch']>;
  /** By circuit: the record in which this worker's process took its last ticket, the round it is a trial of. */
  readonly tickets: Map<string, CircuitRecord> = new Map();

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#lock = casLease(this, { clock: options.machine, random: () => this.#random.next(), prefix: lockPrefix });
    if (options.watches) this.watch = (listener) => this.#watch(listener);
    this.#random = Random.of(options.seed, `link ${options.worker}`);
  }

  retrieve(name: string): Promise<Reading> {
    return this.#send(null, () => {
      if (this.#options.isRefused(name, true)) return Promise.reject(refusal(name));
      return this.#options.store.retrieve(name);
    });
  }

  apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    return this.#write(name, 'apply', delta, () =>
      this.#options.store.apply(name, revision, delta, { ttl: options.ttl }),
    );
  }

  store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change> {
    const { signal: _, ...rest } = options;
    return this.#write(name, 'store', null, () => this.#options.store.store(name, revision, next, rest));
  }

  delete(name: string): Promise<void> {
    return this.#options.store.delete(name);
  }

  list(): AsyncIterable<NamedRecord> {
    return this.#options.store.list();
  }

  /** Made of this link's own calls: what befalls them befalls locks. */
  lock(name: string, options: LockOptions): Promise<Lease> {
    return this.#lock(name, options);
  }

  /** What the store pushes comes by the same way; while that is cut nothing does. */
  async #watch(listener: WatchListener): Promise<Unwatch> {
    const { store, time, machine, trouble, isStoreDown } = this.#options;
    const unwatch = await store.watch?.((event) => {
      if (trouble.isCut || isStoreDown() || (event.type === 'transition' && isLock(event.name))) return;
      time.after(this.#way(), () => machine.call(() => listener(event)));
    });
    this.#listeners.add(listener);
    return async () => {
      this.#listeners.delete(listener);
      await unwatch?.();
    };
  }

  /** The way is whole again: nobody knows what came meanwhile. */
  mended(): void {
    for (const listener of this.#listeners) this.#options.machine.call(() => listener({ type: 'missed' }));
  }

  #way(): number {
    const { latency } = this.#options;
    return latency === 0 ? 0 : this.#random.below(latency + 1);
  }

  #write(name: string, verb: 'apply' | 'store', delta: Delta | null, call: () => Promise<Change>): Promise<Change> {
    const { ledger, time, worker } = this.#options;
    const sentAt = time.now();
    let entry: LedgerEntry | null = null;
    const perform = async (): Promise<Change> => {
      if (this.#options.isRefused(name, false)) throw refusal(name);
      if (isLock(name)) return call();
      const before = ledger.current(name);
      const change = await call();
      if (change.applied)
        entry = ledger.note(name, {
          at: time.now(),
          worker,
          verb,
          before,
          after: change.record,
          delta,
          answered: false,
        });
      return change;
    };
    const onAnswer = (change: Change): void => {
      // After its time-out core has given the call up: it looks for the write when it next reads.
      if (entry !== null) entry.answered = time.now() - sentAt < this.#options.patience;
      if (change.applied && change.record !== null && takesTicket(verb, delta, change.record))
        this.tickets.set(name, change.record);
    };
    return this.#send(onAnswer, perform);
  }

  /** There, the call, and back: each way takes its time, and may end in nothing. */
  #send<Answer extends Reading>(
    onAnswer: ((answer: Answer) => void) | null,
    call: () => Promise<Answer>,
  ): Promise<Answer> {
    const { time, machine, trouble, isStoreDown } = this.#options;
    return new Promise((resolve, reject) => {
      if (trouble.isCut || isStoreDown()) {
        reject(new StorageError('The store can not be reached (simulated outage).'));
        return;
      }
      if (this.#random.chance(trouble.loss)) return;
      const isAnswerLost = this.#random.chance(trouble.loss);
      time.after(this.#way(), () => {
        if (trouble.isCut || isStoreDown()) return;
        const goBack = (arrive: () => void): void => {
          if (!isAnswerLost) time.after(this.#way(), () => machine.call(arrive));
        };
        void call().then(
          (answer) =>
            goBack(() => {
              onAnswer?.(answer);
              resolve(this.#options.givesTime ? answer : withoutTime(answer));
            }),
          (error: unknown) => goBack(() => reject(error)),
        );
      });
    });
  }
}

const lockPrefix = 'lock of ';

function isLock(name: string): boolean {
  return name.startsWith(lockPrefix);
}

function refusal(name: string): StorageError {
  return new StorageError(`The store refuses ${name} (simulated fault of one circuit).`);
}

function takesTicket(verb: 'apply' | 'store', delta: Delta | null, record: CircuitRecord): boolean {
  if (record.state !== 'half-open') return false;
  return verb === 'store' || delta?.add?.['trials.started'] === 1;
}

function withoutTime<Answer extends Reading>(answer: Answer): Answer {
  const { now: _, ...rest } = answer;
  return rest as Answer;
}
