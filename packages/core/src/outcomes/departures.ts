import { HostPromise } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import type { Standby } from '../standby/standby.js';
import { hardLimit } from '../circuit/circuits.js';

/** What the outboxes of a factory share. */
export interface OutboxParts {
  readonly shared: Shared;
  readonly standby: Standby;
  readonly departures: Departures;
}

/** What can be flushed. */
export interface Flushable {
  /** Whether a write is on the wire, or about to be. */
  readonly isSending: boolean;
  /** Sends what waits. */
  flush(): Promise<void>;
  /** Resolves once nothing is on its way. */
  sent(): Promise<void>;
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
  /** Those of circuits that the process remembers no more, with something on their way. */
  readonly #orphans = new Set<Flushable>();
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
    await HostPromise.all(waiting.map((outbox) => outbox.flush()));
  }

  /** It sends, and the process remembers its circuit no more. */
  adopt(outbox: Flushable): void {
    this.#orphans.add(outbox);
  }

  /** Nothing of it is on its way any more. */
  letGo(outbox: Flushable): void {
    this.#orphans.delete(outbox);
  }

  /** Resolves once nothing is on its way. @param remembered of the circuits that the process remembers, as they are when asked */
  async idle(remembered: () => Iterable<Flushable>): Promise<void> {
    for (;;) {
      const sending = [...remembered(), ...this.#orphans].filter(({ isSending }) => isSending);
      if (sending.length === 0) return;
      await HostPromise.all(sending.map((outbox) => outbox.sent()));
    }
  }

  #arm(): void {
    const { clock } = this.#shared.settings;
    this.#flushAt = clock.now() + this.#longestWait;
    const flush = (): void => this.#shared.context.soon(() => void this.flush());
    this.#cancelFlush = clock.after(this.#longestWait, flush, { background: true });
  }
}
