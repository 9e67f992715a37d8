/**
 * The signal of one job's call: aborted when BullMQ aborts its own, and by us where the work handed the job back. Core ignores
 * the outcome of a call whose signal is aborted.
 */
export class CallSignal {
  readonly #controller = new AbortController();
  readonly #from: AbortSignal | undefined;
  readonly #follow = (): void => this.#controller.abort(reasonOf(this.#from));

  constructor(from: AbortSignal | undefined) {
    this.#from = from;
    if (from?.aborted === true) this.#follow();
    else from?.addEventListener('abort', this.#follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  /** The job is over. */
  finish(): void {
    this.#from?.removeEventListener('abort', this.#follow);
  }
}

/** `worker.cancelJob(id, 'why')` makes the reason a plain string, which would be thrown as such. */
function reasonOf(signal: AbortSignal | undefined): unknown {
  const reason: unknown = signal?.reason;
  if (typeof reason !== 'string') return reason;
  return new DOMException(`BullMQ cancelled the job: ${reason}`, 'AbortError');
}
