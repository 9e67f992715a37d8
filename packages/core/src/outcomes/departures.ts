import { answerOf } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import { hardLimit } from '../circuit/circuits.js';

/** What can be flushed. */
export interface Flushable {
  flush(): Promise<void>;
}

/**
 * When a factory's outcomes leave: one flush timer for all circuits, and how many are on their way.
 *
 * The timer holds no process: what waits in memory is sent by `factory.flush` and `factory.close`.
 */
export class Departures {
  readonly #shared: Shared;
  /** How long successes may wait, ms. */
  readonly #longestWait: number;
  /** Circuits whose buffers may wait at a time: as many as a process remembers at most. */
  readonly #mostWaiting: number;
  readonly #waiting = new Set<Flushable>();
  /** How many circuits have ends on their way, whether or not the process still remembers them. */
  #sending = 0;
  #onIdle: (() => void)[] = [];
  #cancelFlush: (() => void) | null = null;
  #flushAt = 0;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#longestWait = shared.settings.consistency ?? 0;
    this.#mostWaiting = shared.settings.maxCircuits * hardLimit;
  }

  /** When the next flush is due, ms by the process's clock. */
  get flushAt(): number {
    return this.#flushAt;
  }

  /** Successes of this circuit wait for the next flush. */
  wait(outbox: Flushable): void {
    if (this.#waiting.has(outbox)) return;
    this.#waiting.add(outbox);
    if (this.#waiting.size >= this.#mostWaiting) void this.flush();
    else if (this.#cancelFlush === null) this.#arm();
  }

  /** Sends everything that waits, and resolves once that is done. */
  async flush(): Promise<void> {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    await Promise.all(waiting.map((outbox) => outbox.flush()));
  }

  /** A circuit's ends are being written. */
  begin(): void {
    this.#sending += 1;
  }

  /** None of a circuit's ends waits any more. */
  end(): void {
    this.#sending -= 1;
    if (this.#sending > 0) return;
    const waiting = this.#onIdle;
    this.#onIdle = [];
    for (const tell of waiting) tell();
  }

  /** Resolves once nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#sending > 0) await answerOf<void>(({ resolve }) => this.#onIdle.push(resolve));
  }

  #arm(): void {
    const { clock } = this.#shared.settings;
    this.#flushAt = clock.now() + this.#longestWait;
    const flush = (): void => this.#shared.context.soon(() => void this.flush());
    this.#cancelFlush = clock.after(this.#longestWait, flush, { background: true });
  }
}
