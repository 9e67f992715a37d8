import { BodyWatch } from '../body-watch.js';
import { headerOf } from '../header.js';
import type { ObservedCall } from '../observed-call.js';
import type { HttpOutcome } from '../options.js';
import { kindOf } from '../outcome.js';

/** What one dispatched request comes to, whichever way undici tells of it. */
export class DispatchWatch {
  readonly #call: ObservedCall;
  #byHead: HttpOutcome = 'ignored';
  #body: BodyWatch | null = null;
  #isLeft = false;

  constructor(call: ObservedCall) {
    this.#call = call;
  }

  /** @param headers an object, or undici 6's flat array of bytes */
  answered(status: number, headers: unknown): void {
    const outcome = this.#call.outcomeOf({ status, header: (name) => headerOf(headers, name) });
    this.#byHead = outcome;
    if (kindOf(outcome) === 'failure') {
      void this.#call.report(outcome);
    } else {
      this.#body = new BodyWatch(this.#call, outcome);
      this.#body.awaited();
    }
  }

  /** @param isPaused whether the reader wants no more for now */
  piece(isPaused: boolean): void {
    this.#body?.came();
    if (!isPaused) this.#body?.awaited();
  }

  resumed(): void {
    this.#body?.awaited();
  }

  /** The connection is somebody else's now. */
  upgraded(): void {
    void this.#call.report('success');
  }

  ended(): Promise<void> {
    return this.#body?.over() ?? this.#call.report(this.#byHead);
  }

  /** The caller, or a handler of his that threw, wants no more of it. */
  leave(): void {
    this.#isLeft = true;
  }

  /** Asks the caller's own handler. One that throws wants no more of the request. */
  asked(ask: () => unknown): unknown {
    try {
      return ask();
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  /** It was left: by its head where it has one. */
  left(): Promise<void> {
    return this.ended();
  }

  broke(error: unknown): Promise<void> {
    // An abort by the caller's signal is told by the signal, with its reason.
    if (this.#isLeft && !this.#call.isCancelled) return this.left();
    return this.#body?.broke(error) ?? this.#call.reportError(error);
  }
}
