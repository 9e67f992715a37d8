import { tell, type Asker, type WriteAnswer } from './port.js';

/**
 * One read on the wire at a time, shared by those who began before it was sent.
 *
 * A read already on the wire must not be joined: it may have passed the store before the joiner began, and the joiner
 * would be admitted by a state that was over when it asked.
 */
export class SharedReads implements Asker {
  readonly #send: (asker: Asker) => void;
  /** Whose read is on the wire; null: none is. */
  #onWire: Asker[] | null = null;
  /** Who waits for it to be over. */
  #next: Asker[] = [];

  constructor(send: (asker: Asker) => void) {
    this.#send = send;
  }

  /** Asks for the answer to a read that is sent from now on. */
  read(asker: Asker): void {
    if (this.#onWire === null) this.#start([asker]);
    else this.#next.push(asker);
  }

  /** Whether one is on the wire. */
  get isBusy(): boolean {
    return this.#onWire !== null;
  }

  take(answer: WriteAnswer): void {
    for (const asker of this.#over()) tell(asker, answer);
  }

  fail(error: unknown): void {
    for (const asker of this.#over()) asker.fail(error);
  }

  #start(askers: Asker[]): void {
    this.#onWire = askers;
    this.#send(this);
  }

  /** The read on the wire is over: those who came meanwhile have theirs sent. Answers whose it was. */
  #over(): Asker[] {
    const askers = this.#onWire ?? [];
    const next = this.#next;
    this.#onWire = null;
    if (next.length > 0) {
      this.#next = [];
      this.#start(next);
    }
    return askers;
  }
}
