import { ClosedError } from '@circuitry/core';

/**
 * The calls of one backend that have not settled yet.
 *
 * ioredis can't cancel a command: a call that is aborted, or whose backend is closed, rejects at once and drops the
 * answer that may come later.
 */
export class PendingCalls {
  readonly #owner: string;
  readonly #rejects = new Set<(error: unknown) => void>();
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

  /** Settles as `work` does, or rejects with `onAbort` of the signal's reason, or with a ClosedError. */
  track<T>(work: Promise<T>, signal: AbortSignal | undefined, onAbort: (reason: unknown) => unknown): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const abort = (): void => fail(onAbort(signal?.reason));
      const fail = (error: unknown): void => {
        end();
        reject(error);
      };
      const end = (): void => {
        this.#rejects.delete(fail);
        signal?.removeEventListener('abort', abort);
      };
      this.#rejects.add(fail);
      signal?.addEventListener('abort', abort);
      work.then((value) => {
        end();
        resolve(value);
      }, fail);
      if (this.#closed) fail(new ClosedError(this.#owner));
      else if (signal?.aborted === true) abort();
    });
  }

  /** Rejects every call in flight, and refuses those to come. */
  close(): void {
    this.#closed = true;
    for (const reject of [...this.#rejects]) reject(new ClosedError(this.#owner));
  }
}
