import { tell, type Asker, type WriteAnswer } from './port.js';
import { soon } from './soon.js';

/**
 * One read on the wire at a time, shared by those who began before it was sent. It is sent a little later than the first
 * of them began: calls that end together begin their next together, and must not wait for a read of the first alone.
 *
 * A read already on the wire must not be joined: it may have passed the store before the joiner began, and the joiner
 * would be admitted by a state that was over when it asked.
 */
export class SharedReads implements Asker {
  readonly #send: (asker: Asker) => void;
  /** Whose read is on the wire; null: none is. */
  #onWire: Asker[] | null = null;
  /** Whose read is the next. */
  #next: Asker[] = [];

  constructor(send: (asker: Asker) => void) {
    this.#send = send;
  }

  /** Asks for the answer to a read that is sent from now on. */
  read(asker: Asker): void {
    this.#next.push(asker);
    if (this.#onWire === null && this.#next.length === 1) soon(this.#start);
  }

  /** Whether one is on the wire, or about to be. */
  get isBusy(): boolean {
    return this.#onWire !== null || this.#next.length > 0;
  }

  take(answer: WriteAnswer): void {
    for (const asker of this.#over()) tell(asker, answer);
  }

  fail(error: unknown): void {
    for (const asker of this.#over()) asker.fail(error);
  }

  readonly #start = (): void => {
    this.#onWire = this.#next;
    this.#next = [];
    this.#send(this);
  };

  /** The read on the wire is over: those who came meanwhile have theirs sent. Answers whose it was. */
  #over(): Asker[] {
    const askers = this.#onWire ?? [];
    this.#onWire = null;
    if (this.#next.length > 0) this.#start();
    return askers;
  }
}
