import type { Clock, WatchEvent } from '@circuitry/core';
import { eventOf } from './message.js';

/** How many messages are read in a {@link period}; a fleet of thousands of tripping circuits stays far below. */
const mostMessages = 5_000;
/** How often listeners are told `missed` for messages that could not be read, in a {@link period}. */
const mostGaps = 1;
/** ms. */
const period = 1_000;

/**
 * What comes in over the channels, bounded: whoever may publish must not be able to keep a watcher busy.
 *
 * A message that is too long, or one too many in a second, is not read at all; those who listen are told that something
 * was missed, once in that second.
 */
export class Inbox {
  readonly #clock: Clock;
  readonly #tell: (event: WatchEvent) => void;
  #periodEnds = -Infinity;
  #messages = 0;
  #gaps = 0;

  constructor(clock: Clock, tell: (event: WatchEvent) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  readonly take = (text: string): void => {
    const now = this.#clock.now();
    if (!(now < this.#periodEnds) || this.#periodEnds - now > period) {
      this.#periodEnds = now + period;
      this.#messages = 0;
      this.#gaps = 0;
    }
    this.#messages += 1;
    if (this.#messages > mostMessages) return this.#gap();
    const event = eventOf(text);
    if (event.type === 'missed') this.#gap();
    else this.#tell(event);
  };

  #gap(): void {
    this.#gaps += 1;
    if (this.#gaps <= mostGaps) this.#tell({ type: 'missed' });
  }
}
