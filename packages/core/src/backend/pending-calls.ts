import { ClosedError } from '../errors/storage-errors.js';
import type { Clock } from '../time/clock.js';
import { SignalGroups, type Abortable, type Group } from './signal-groups.js';

/** What becomes of a call's answer. */
export interface Endings<T, R> {
  /** What it rejects with where the signal is aborted first; gets the signal's reason. */
  readonly onAbort: (reason: unknown) => unknown;
  /** What it rejects with where the work does. Default: the same error. */
  readonly onFailure?: (error: unknown) => unknown;
  /** What it resolves with; what this throws, it rejects with. Default: the same value. */
  readonly onValue?: (value: T) => R;
}

/**
 * The calls of one backend that have not settled yet: what its `close` ends, and what an aborted signal ends (clauses E1,
 * E4, E6).
 *
 * Two ways in. {@link PendingCalls.track} is for a client that can't cancel a request: an ended call rejects at once, and
 * the answer that may still come is dropped. {@link PendingCalls.run} is for a client that takes a signal.
 */
export class PendingCalls {
  readonly #owner: string;
  readonly #calls = new Set<Call>();
  readonly #running = new Map<AbortController, Promise<unknown>>();
  readonly #groups: SignalGroups<Abortable>;
  #closed = false;

  /**
   * @param owner what a {@link ClosedError} says was closed.
   * @param clock times how long a listener outlives its last call.
   */
  constructor(owner: string, clock: Clock) {
    this.#owner = owner;
    this.#groups = new SignalGroups(clock);
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Refuses a call that must not begin.
   *
   * @throws ClosedError after {@link PendingCalls.close}; the signal's reason if it is aborted already.
   */
  begin(signal: AbortSignal | undefined): void {
    if (this.#closed) throw new ClosedError(this.#owner);
    if (signal?.aborted === true) throw signal.reason;
  }

  /** Settles as `work` does, or as `endings` say. Rejects with a ClosedError once this is closed. */
  track<T, R = T>(work: Promise<T>, signal: AbortSignal | undefined, endings: Endings<T, R>): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const call = new Call(this.#calls, signal === undefined ? null : this.#groups.of(signal), endings, reject);
      work.then(
        (value) => {
          call.end();
          try {
            resolve(endings.onValue === undefined ? (value as unknown as R) : endings.onValue(value));
          } catch (error) {
            reject(error);
          }
        },
        (error: unknown) => call.fail(endings.onFailure === undefined ? error : endings.onFailure(error)),
      );
      if (this.#closed) call.fail(new ClosedError(this.#owner));
      else if (signal?.aborted === true) call.abort();
    });
  }

  /**
   * Runs a call under a signal of its own. It is aborted with the caller's reason, or with a ClosedError by
   * {@link PendingCalls.close}.
   *
   * @throws ClosedError once closed; the signal's reason where it is aborted already: then nothing is sent.
   */
  async run<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.begin(signal);
    const controller = new AbortController();
    const end: Abortable = { abort: () => controller.abort(signal?.reason) };
    const group = signal === undefined ? null : this.#groups.of(signal);
    group?.enter(end);
    const running = work(controller.signal);
    this.#running.set(controller, running);
    try {
      return await running;
    } finally {
      group?.leave(end);
      this.#running.delete(controller);
    }
  }

  /** Rejects every call in flight, and refuses those to come. Resolves once those that run under a signal have settled. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const call of [...this.#calls]) call.fail(new ClosedError(this.#owner));
    const running = [...this.#running.values()];
    for (const controller of this.#running.keys()) controller.abort(new ClosedError(this.#owner));
    this.#groups.close();
    await Promise.allSettled(running);
  }
}

/** A call in flight: a class, for one is made per call and every closure would cost. */
class Call {
  readonly #all: Set<Call>;
  readonly #group: Group<Abortable> | null;
  readonly #endings: Pick<Endings<never, unknown>, 'onAbort'>;
  readonly #reject: (error: unknown) => void;

  constructor(
    all: Set<Call>,
    group: Group<Abortable> | null,
    endings: Pick<Endings<never, unknown>, 'onAbort'>,
    reject: (error: unknown) => void,
  ) {
    this.#all = all;
    this.#group = group;
    this.#endings = endings;
    this.#reject = reject;
    all.add(this);
    group?.enter(this);
  }

  /** It settles: nothing is to be remembered of it. */
  end(): void {
    this.#all.delete(this);
    this.#group?.leave(this);
  }

  fail(error: unknown): void {
    this.end();
    this.#reject(error);
  }

  /** The call's time is over. */
  abort(): void {
    this.fail(this.#endings.onAbort(this.#group?.signal.reason));
  }
}
