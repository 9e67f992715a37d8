import { onAbort, reasonOf } from '../contract/with-signal.js';

/**
 * What tells one call's work to stop. The AbortController is lazy: it costs more than a whole call, and most work never
 * looks.
 *
 * Where only the caller can stop the work, the work is given the caller's own signal. What the work leaves alive (the body
 * of a response, a stream) is then still the caller's to stop, long after the call.
 */
export class CallSignal {
  readonly #caller: AbortSignal | undefined;
  /** Whether the library itself may stop the work: at `workTimeout`, or when a lease is lost. */
  readonly #mayStop: boolean;
  #controller: AbortController | null = null;
  #signal: AbortSignal | null = null;
  #isAborted = false;
  #abortReason: unknown = undefined;

  constructor(caller: AbortSignal | undefined, mayStop: boolean) {
    this.#caller = caller;
    this.#mayStop = mayStop;
  }

  /** Made when first read. */
  get signal(): AbortSignal {
    this.#signal ??= this.#make();
    return this.#signal;
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

  #make(): AbortSignal {
    const caller = this.#caller;
    if (caller !== undefined && !this.#mayStop) return forManyCalls(caller);
    const controller = new AbortController();
    this.#controller = controller;
    if (this.#isAborted) controller.abort(this.#abortReason);
    return caller === undefined ? controller.signal : either(caller, controller);
  }
}

/** Aborted by either. The host follows the caller's signal without a listener, and for as long as anybody looks. */
function either(caller: AbortSignal, controller: AbortController): AbortSignal {
  // Node takes a signal of a library's own without a word, and never hears it.
  return AbortSignal.any([caller instanceof AbortSignal ? caller : hostsOf(caller), controller.signal]);
}

/** The host's signals that stand for those of libraries: one listener on each of these, however many calls it is given to. */
const hosts = new WeakMap<AbortSignal, AbortSignal>();

function hostsOf(signal: AbortSignal): AbortSignal {
  let own = hosts.get(signal);
  if (own === undefined) {
    const controller = new AbortController();
    onAbort(signal, () => controller.abort(reasonOf(signal)));
    own = controller.signal;
    hosts.set(signal, own);
  }
  return own;
}

interface NodeHost {
  readonly process?: { getBuiltinModule?(id: 'events'): { setMaxListeners(most: number, target: AbortSignal): void } };
}

/** Node takes an eleventh listener on one signal for a leak. Here each is another call's, and none is one. */
function forManyCalls(signal: AbortSignal): AbortSignal {
  try {
    (globalThis as NodeHost).process?.getBuiltinModule?.('events').setMaxListeners(Infinity, signal);
  } catch {
    // A signal of a library's own.
  }
  return signal;
}
