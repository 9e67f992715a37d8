import { isDeepStrictEqual } from 'node:util';
import type {
  CallOptions,
  Change,
  CircuitRecord,
  Counters,
  Delta,
  Lease,
  ListOptions,
  LockOptions,
  NamedRecord,
  Reading,
  StorageBackend,
  StoreOptions,
  Unwatch,
  WatchListener,
  WriteOptions,
} from '@circuitry/core';
import type { Time } from '../clock.js';
import { CheckFailure } from './telling/failure.js';
import { show, showCounters, showDelta, showError, showRecord } from './telling/show.js';
import type { Trace } from './telling/trace.js';

/** How long one call of a backend may take before the kit says that it hangs. */
const callLimit = 8_000;
/** The same for a listing whose visitor makes calls of its own at each record, bounded as any other. */
const visitedLimit = 60_000;

/** How many records a listing may yield before the kit says that it never ends. */
const longestListing = 20_000;

/**
 * A backend under test: the same verbs, with every call noted for the explanation, bounded in time, and its answer
 * looked at. Faults reach the check as they are.
 */
export class Handle {
  /** What explanations call it: `A`, `B`, … */
  readonly label: string;
  /** The backend itself. */
  readonly raw: StorageBackend;
  readonly #trace: Trace;
  readonly #time: Time;

  constructor(label: string, raw: StorageBackend, trace: Trace, time: Time) {
    this.label = label;
    this.raw = raw;
    this.#trace = trace;
    this.#time = time;
  }

  async retrieve(name: string, options?: CallOptions): Promise<Reading> {
    const call = (): string => `${this.label}.retrieve(${show(name, 40)})`;
    const reading = await this.#call(
      call,
      () => this.raw.retrieve(name, options),
      (answer) => showRecord(answer.record),
    );
    this.#checkRecord(call, reading, false);
    return reading;
  }

  async apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    const call = (): string =>
      `${this.label}.apply(${show(name, 40)}, ${revision}, ${showDelta(delta)}, ttl ${options.ttl})`;
    const change = await this.#call(call, () => this.raw.apply(name, revision, delta, options), showChange);
    this.#checkRecord(call, change, true);
    return change;
  }

  async store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change> {
    const expect = (): string => (options.expect === undefined ? '' : `, expect ${showExpected(options.expect, next)}`);
    const call = (): string =>
      `${this.label}.store(${show(name, 40)}, ${revision}, ${showRecord(next)}, ttl ${options.ttl}${expect()})`;
    const change = await this.#call(
      call,
      () => this.raw.store(name, revision, next, options),
      (answer) => (answer.applied && isDeepStrictEqual(answer.record, next) ? 'applied, as sent' : showChange(answer)),
    );
    this.#checkRecord(call, change, true);
    return change;
  }

  async lock(name: string, options: LockOptions): Promise<Lease> {
    const call = (): string =>
      `${this.label}.lock(${show(name, 40)}, lease ${options.lease}, wait ${options.wait ?? 0})`;
    const lease = await this.#call(
      call,
      () => this.raw.lock(name, options),
      (answer) => `token ${answer.token}, left ${show(answer.left)}`,
      callLimit + Math.min(options.wait ?? 0, 2 * callLimit),
    );
    const limit = `lease ${lease.token} of ${this.label}`;
    return {
      token: lease.token,
      left: lease.left,
      extend: (ms) =>
        this.#call(
          () => `${limit}: extend(${ms})`,
          () => lease.extend(ms),
          () => 'done',
        ),
      release: () =>
        this.#call(
          () => `${limit}: release()`,
          () => lease.release(),
          () => 'done',
        ),
    };
  }

  delete(name: string, options?: CallOptions): Promise<void> {
    return this.#call(
      () => `${this.label}.delete(${show(name, 40)})`,
      () => this.raw.delete(name, options),
      () => 'done',
    );
  }

  /** The whole listing; bounded, so that one that loops is a failure and not a hang. */
  list(options?: ListOptions, onEach?: (yielded: number) => Promise<void>): Promise<NamedRecord[]> {
    const call = (): string =>
      `${this.label}.list(${options === undefined ? '' : show({ ...options, signal: options.signal && 'signal' })})`;
    const read = async (): Promise<NamedRecord[]> => {
      const listed: NamedRecord[] = [];
      for await (const entry of this.raw.list(options)) {
        listed.push(entry);
        await onEach?.(listed.length);
        if (listed.length >= longestListing) throw this.#endless(call);
      }
      return listed;
    };
    const limit = onEach === undefined ? callLimit : visitedLimit;
    return this.#call(call, read, (listed) => `${listed.length} records`, limit);
  }

  watch(listener: WatchListener, options?: CallOptions): Promise<Unwatch> {
    const watch = (): Promise<Unwatch> => (this.raw.watch as NonNullable<StorageBackend['watch']>)(listener, options);
    return this.#call(
      () => `${this.label}.watch()`,
      watch.bind(this.raw),
      () => 'watching',
    );
  }

  close(): Promise<void> {
    return this.#call(
      () => `${this.label}.close()`,
      async () => this.raw.close?.(),
      () => 'closed',
    );
  }

  async #call<T>(
    call: () => string,
    run: () => Promise<T>,
    text: (answer: T) => string,
    limit = callLimit,
  ): Promise<T> {
    const noted = this.#trace.begin(call);
    try {
      // A synchronous throw becomes a rejection here; clause V1 is what looks at it.
      const running = (async () => run())();
      const answer = await this.#time.within(limit, running, () => {
        throw this.#hang(call, limit);
      });
      noted.answered(() => text(answer));
      return answer;
    } catch (error) {
      noted.rejected(error, () => showError(error));
      throw error;
    }
  }

  #checkRecord(call: () => string, answer: Reading | Change, change: boolean): void {
    const { record } = answer;
    const whole =
      record === null ||
      (typeof record === 'object' && typeof record.counters === 'object' && record.counters !== null);
    if (whole && (!change || typeof (answer as Change).applied === 'boolean')) return;
    throw new CheckFailure({
      did: call(),
      expected: `an object with ${change ? '`applied` (true or false) and ' : ''}\`record\` (a whole record, or null)`,
      seen: `${show(answer, 300)}`,
      cause: 'The answer is not translated back into the contract’s shape, or a branch forgets to answer.',
    });
  }

  #hang(call: () => string, limit: number): CheckFailure {
    return new CheckFailure({
      did: call(),
      expected: 'an answer or a rejection',
      seen: `neither within ${limit / 1_000} s: the call hangs`,
      cause:
        'The client queues calls while it is not connected, or retries for ever; or a promise is never settled on some path. Or the call does not hear its signal once the request is out: `withSignal` of core ends the wait.',
    });
  }

  #endless(call: () => string): CheckFailure {
    return new CheckFailure({
      did: call(),
      expected: 'a listing that comes to an end',
      seen: `more than ${longestListing} records from a store that holds far fewer`,
      cause: 'The cursor of the next page is not handed on, so that the first page is read again and again.',
    });
  }
}

/** Counters that a record carries over are not told twice in a line. */
function showExpected(expect: Counters, next: CircuitRecord): string {
  const names = Object.keys(expect);
  const carried = names.every((name) => expect[name] === next.counters[name]);
  return carried && names.length === Object.keys(next.counters).length ? 'those counters' : showCounters(expect);
}

function showChange(change: Change): string {
  return `${change.applied ? 'applied' : 'NOT applied'}, ${showRecord(change.record)}`;
}
