import { nextTurn, type Clock } from './clock.js';
import { parseDuration, type Duration } from './duration.js';

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  /** How far it was stepped in all: what is being advanced meanwhile ends so much later. */
  #stepped = 0;
  readonly #timers = new Set<Timer>();

  /** @param startMs where it starts, ms since the epoch. Default: 2026-01-01T00:00:00Z. */
  constructor(startMs = 1_767_225_600_000) {
    this.#now = startMs;
  }

  /** Bound, so that it can be handed on by itself. */
  readonly now = (): number => this.#now;

  after(ms: number, callback: () => void): () => void {
    const timer: Timer = { due: this.#now + Math.max(0, ms), order: this.#order++, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** How many timers wait: a test that leaves some behind has found a leak. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer is due, ms since the epoch; null without one. */
  get nextDue(): number | null {
    return this.#next()?.due ?? null;
  }

  /**
   * Moves time on by `duration` and runs what falls due on the way, in order, each at its own time; whatever promises
   * that sets going run as far as they can before the next one. Timers set meanwhile run too if they fall due in time.
   */
  async advance(duration: Duration): Promise<void> {
    const ms = parseDuration(duration);
    if (ms === null) throw new RangeError(`VirtualClock.advance takes a duration from 0, not ${String(duration)}.`);
    const end = this.#now + ms - this.#stepped;
    await nextTurn();
    for (let timer = this.#next(); timer !== null && timer.due <= end + this.#stepped; timer = this.#next()) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.due);
      timer.callback();
      await nextTurn();
    }
    this.#now = end + this.#stepped;
    await nextTurn();
  }

  /** Steps the clock without running anything, back as well as forward: what an operator or NTP does to a machine. */
  step(ms: number): void {
    this.#stepped += ms;
    this.#now += ms;
  }

  #next(): Timer | null {
    let next: Timer | null = null;
    for (const timer of this.#timers) {
      if (next === null || timer.due < next.due || (timer.due === next.due && timer.order < next.order)) next = timer;
    }
    return next;
  }
}
