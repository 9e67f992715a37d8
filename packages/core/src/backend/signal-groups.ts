import type { Clock } from '../time/clock.js';

/** What a group tells of the abort. */
export interface Abortable {
  abort(): void;
}

/** How long a listener stays on its signal after the last call, ms. */
const lingerTime = 100;

/**
 * Calls in flight, by their signals.
 *
 * All calls under one signal share one listener on it. It outlives the last of them by a moment: calls that come one
 * after the other would otherwise put it on and take it off each time, which costs more than parsing their answers.
 */
export class SignalGroups<Call extends Abortable> {
  readonly #clock: Clock;
  readonly #groups = new Map<AbortSignal, Group<Call>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(signal: AbortSignal): Group<Call> {
    let group = this.#groups.get(signal);
    if (group === undefined) {
      group = new Group(signal, this.#clock, () => this.#groups.delete(signal));
      this.#groups.set(signal, group);
    }
    return group;
  }

  /** Takes every listener off. */
  close(): void {
    for (const group of this.#groups.values()) group.end();
  }
}

/** The calls in flight under one signal. */
export class Group<Call extends Abortable> {
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  readonly #calls = new Set<Call>();
  #cancelTimer: (() => void) | null = null;

  constructor(signal: AbortSignal, clock: Clock, onEnd: () => void) {
    this.signal = signal;
    this.#clock = clock;
    this.#onEnd = onEnd;
    signal.addEventListener('abort', this.#onAbort);
  }

  enter(call: Call): void {
    this.#calls.add(call);
  }

  leave(call: Call): void {
    if (!this.#calls.delete(call) || this.#calls.size > 0) return;
    // One timer at a time, however many calls come and go meanwhile.
    this.#cancelTimer ??= this.#clock.after(lingerTime, this.#endIfIdle, { background: true });
  }

  /** Leaves nothing on the signal. */
  end(): void {
    this.#cancelTimer?.();
    this.signal.removeEventListener('abort', this.#onAbort);
    this.#onEnd();
  }

  readonly #endIfIdle = (): void => {
    this.#cancelTimer = null;
    if (this.#calls.size === 0) this.end();
  };

  readonly #onAbort = (): void => {
    for (const call of [...this.#calls]) call.abort();
  };
}
