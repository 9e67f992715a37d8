/** What tells one call's work to stop. The AbortController is lazy: it costs more than a whole call, and most work never looks. */
export class CallSignal {
  readonly #caller: AbortSignal | undefined;
  #controller: AbortController | null = null;
  #isAborted = false;
  #abortReason: unknown = undefined;
  #unfollow: (() => void) | null = null;

  constructor(caller: AbortSignal | undefined) {
    this.#caller = caller;
  }

  /** Made when first read. */
  get signal(): AbortSignal {
    if (this.#controller !== null) return this.#controller.signal;
    const controller = new AbortController();
    this.#controller = controller;
    const caller = this.#caller;
    if (this.#isAborted) {
      controller.abort(this.#abortReason);
    } else if (caller?.aborted === true) {
      controller.abort(caller.reason);
    } else if (caller !== undefined) {
      const follow = (): void => controller.abort(caller.reason);
      caller.addEventListener('abort', follow, { once: true });
      this.#unfollow = () => caller.removeEventListener('abort', follow);
    }
    return controller.signal;
  }

  /** By the library itself; the first reason stays. */
  abort(reason: unknown): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }

  get abortReason(): unknown {
    return this.#abortReason;
  }

  stopFollowing(): void {
    this.#unfollow?.();
    this.#unfollow = null;
  }
}
