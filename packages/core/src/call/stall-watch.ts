import type { OwnContext } from '../circuit/resolver.js';
import { systemClock, type Clock } from '../time/clock.js';

/** Between these lies how often the watch looks, ms. */
const shortest = 5;
const longest = 25;
/** The longest interval where time goes on by a program's hand: a test's clock runs each timer on its way. */
const longestByHand = 1_000;
/** How late a timer may come although nothing stood still, ms. */
const usual = 10;

/**
 * Knows for how long this process stood still: its event loop was blocked, it was frozen, or its clock stepped.
 *
 * A call that was answered meanwhile must not be called slow for that. So while calls are measured, one timer of the
 * process looks at the clock now and again; by as much as it comes late, or early, the process's own time was wrong.
 */
export class StallWatch {
  readonly #clock: Clock;
  readonly #context: OwnContext;
  readonly #interval: number;
  #measured = 0;
  #isTicking = false;
  #lookedAt = 0;
  #lost = 0;
  /** Which timer is the present one: one of a test's fake timers may never come. */
  #turn = 0;

  /** @param slowCallAfter ms: the watch looks several times within it. */
  constructor(clock: Clock, context: OwnContext, slowCallAfter: number) {
    this.#clock = clock;
    this.#context = context;
    const [most, looks] = clock === systemClock ? [longest, 20] : [longestByHand, 4];
    this.#interval = Math.min(most, Math.max(shortest, Math.ceil(slowCallAfter / looks)));
  }

  /** A call begins to be measured. Answers what has been lost so far, ms. */
  enter(): number {
    this.#measured += 1;
    if (!this.#isTicking) {
      this.#isTicking = true;
      this.#lookedAt = this.#clock.now();
      this.#arm();
    } else if (this.#lookAgain(this.#clock.now())) this.#arm();
    return this.#lost;
  }

  /**
   * A call's end. Answers how long it took, ms, without what was lost.
   *
   * @param startedAt less what had been lost by then, as `enter` answered it
   */
  leave(startedAt: number): number {
    this.#measured -= 1;
    const now = this.#clock.now();
    this.#lookAgain(now);
    return Math.max(0, now - startedAt - this.#lost);
  }

  /** Sockets may be read before a late timer comes. Only the system's clock goes on by itself, and has such timers. */
  #lookAgain(now: number): boolean {
    return this.#clock === systemClock && this.#look(now);
  }

  /** Counts as lost by how much the last look is too long ago, or not yet. Answers whether it was. */
  #look(now: number): boolean {
    const since = now - this.#lookedAt;
    if (since >= 0 && since <= this.#interval + Math.min(usual, this.#interval)) return false;
    this.#lost += since < 0 ? since : since - this.#interval;
    this.#lookedAt = now;
    return true;
  }

  #arm(): void {
    this.#turn += 1;
    const turn = this.#turn;
    this.#clock.after(this.#interval, () => this.#context.soon(() => this.#tick(turn)), { background: true });
  }

  #tick(turn: number): void {
    // Another one was set, for this one did not come in its time.
    if (turn !== this.#turn) return;
    const now = this.#clock.now();
    this.#look(now);
    this.#lookedAt = now;
    // One look more than there are calls: they mostly come one after the other.
    if (this.#measured > 0) this.#arm();
    else this.#isTicking = false;
  }
}
