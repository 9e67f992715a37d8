import { ClosedError } from '@circuitry/core';

/** A call in flight. */
interface Call {
  /** The call's time is over. */
  readonly abort: () => void;
  readonly reject: (error: unknown) => void;
}

/** The calls in flight that share a signal, and the one listener that they have on it. */
interface Group {
  readonly signal: AbortSignal;
  readonly calls: Set<Call>;
  readonly listener: () => void;
}

/**
 * The calls of one backend that have not settled yet.
 *
 * ioredis can't cancel a command: a call that is aborted, or whose backend is closed, rejects at once and drops the
 * answer that may come later.
 */
export class PendingCalls {
  readonly #owner: string;
  readonly #calls = new Set<Call>();
  readonly #groups = new Map<AbortSignal, Group>();
  #closed = false;

  /** @param owner what a {@link ClosedError} says was closed. */
  constructor(owner: string) {
    this.#owner = owner;
  }

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

  /**
   * Settles as `work` does, or rejects with `onAbort` of the signal's reason, or with a ClosedError.
   *
   * @param onFailure what it rejects with where `work` does. Default: the same error
   */
  track<T>(
    work: Promise<T>,
    signal: AbortSignal | undefined,
    onAbort: (reason: unknown) => unknown,
    onFailure?: (error: unknown) => unknown,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const group = signal === undefined ? null : (this.#groups.get(signal) ?? this.#newGroup(signal));
      const end = (): void => {
        this.#calls.delete(call);
        if (group !== null) this.#leave(group, call);
      };
      const fail = (error: unknown): void => {
        end();
        reject(error);
      };
      const call: Call = { abort: () => fail(onAbort(signal?.reason)), reject: fail };
      this.#calls.add(call);
      group?.calls.add(call);
      work.then(
        (value) => {
          end();
          resolve(value);
        },
        (error: unknown) => fail(onFailure === undefined ? error : onFailure(error)),
      );
      if (this.#closed) fail(new ClosedError(this.#owner));
      else if (signal?.aborted === true) call.abort();
    });
  }

  /** Rejects every call in flight, and refuses those to come. */
  close(): void {
    this.#closed = true;
    for (const { reject } of [...this.#calls]) reject(new ClosedError(this.#owner));
  }

  #newGroup(signal: AbortSignal): Group {
    const calls = new Set<Call>();
    const listener = (): void => {
      for (const call of [...calls]) call.abort();
    };
    const group: Group = { signal, calls, listener };
    signal.addEventListener('abort', listener);
    this.#groups.set(signal, group);
    return group;
  }

  /** The last call takes the listener off the signal (clause E7). */
  #leave(group: Group, call: Call): void {
    if (!group.calls.delete(call) || group.calls.size > 0) return;
    this.#groups.delete(group.signal);
    group.signal.removeEventListener('abort', group.listener);
  }
}
