import type { ObservedCall } from './observed-call.js';
import type { HttpOutcome } from './options.js';

/**
 * Watches a body whose head was good, and reports the call once it is clear what became of it: read to its end, left, broken
 * off, or stalled.
 *
 * It has one timer, which looks how long nothing has changed: a timer per piece would cost more than the piece. It holds
 * on to no stream: a body that nobody wants must be free to go.
 */
export class BodyWatch {
  readonly #call: ObservedCall;
  readonly #byHead: HttpOutcome;
  readonly #longestUntil: number;
  #isAwaited = false;
  #since: number;
  /** Whether the pause was seen to be over once. After a blocked event loop, what came meanwhile is read before the second look. */
  #isDue = false;
  #cancelTimer: () => void = () => {};

  constructor(call: ObservedCall, byHead: HttpOutcome) {
    this.#call = call;
    this.#byHead = byHead;
    this.#since = call.rules.clock.now();
    this.#longestUntil = this.#since + call.rules.longestBody;
    this.#arm();
  }

  /** Somebody waits for the next piece. */
  awaited(): void {
    this.#changed(true);
  }

  /** A piece came, or the reader wants no more for now. */
  came(): void {
    this.#changed(false);
  }

  /** Its pieces can't be seen: only its end tells, and `longestBody`. */
  unseen(): void {
    this.#since = Infinity;
  }

  /** Read to its end, or left by its reader: it counts by its head. */
  over(): Promise<void> {
    this.#cancelTimer();
    return this.#call.report(this.#byHead);
  }

  broke(error: unknown): Promise<void> {
    this.#cancelTimer();
    return this.#call.reportError(error);
  }

  #changed(isAwaited: boolean): void {
    this.#isAwaited = isAwaited;
    this.#isDue = false;
    this.#since = this.#call.rules.clock.now();
  }

  #arm(): void {
    const { clock, bodyTimeout } = this.#call.rules;
    const due = Math.min(this.#since + bodyTimeout, this.#longestUntil);
    const wait = this.#isDue ? 1 : Math.max(1, due - clock.now());
    this.#cancelTimer = clock.after(wait, () => this.#look(), { background: true });
  }

  #look(): void {
    if (this.#call.isReported) return;
    const { clock, bodyTimeout } = this.#call.rules;
    const now = clock.now();
    const isIdle = now >= this.#since + bodyTimeout;
    if (!isIdle && now < this.#longestUntil) return this.#arm();
    if (!this.#isDue) {
      this.#isDue = true;
      return this.#arm();
    }
    void (isIdle && this.#isAwaited ? this.#call.report('failure', new BodyStalledError(bodyTimeout)) : this.over());
  }
}

/** What `stateChange` tells where a body that stalled opened the circuit. */
class BodyStalledError extends Error {
  override readonly name = 'BodyStalledError';

  constructor(timeout: number) {
    super(`The answer's head was good, but its reader has waited ${timeout} ms for the next piece of the body.`);
  }
}
