import { ClosedError, onAbort } from '@circuitry/core';

/** The calls under way: what closing a backend ends (clause E6). */
export class OpenCalls {
  readonly #running = new Map<AbortController, Promise<unknown>>();
  #closed = false;

  /**
   * Runs one call under a signal that is aborted with the caller's own, or when the backend is closed.
   *
   * @throws ClosedError once closed; the signal's reason where it is aborted already: then nothing is sent
   */
  async run<T>(outer: AbortSignal | undefined, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.refuseIfOver(outer);
    const controller = new AbortController();
    const stopFollowing = outer && onAbort(outer, () => controller.abort(outer.reason));
    const running = call(controller.signal);
    this.#running.set(controller, running);
    try {
      return await running;
    } finally {
      stopFollowing?.();
      this.#running.delete(controller);
    }
  }

  refuseIfOver(signal: AbortSignal | undefined): void {
    if (this.#closed) throw closedError();
    if (signal?.aborted === true) throw signal.reason;
  }

  /** Ends every call under way, and resolves when all have settled. Later ones are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#running.values()];
    for (const controller of this.#running.keys()) controller.abort(closedError());
    await Promise.allSettled(running);
  }
}

function closedError(): ClosedError {
  return new ClosedError('This DynamoDBBackend');
}
