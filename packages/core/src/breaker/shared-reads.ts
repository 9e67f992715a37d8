/**
 * One read on the wire at a time, shared by those who began before it was sent.
 *
 * A read already on the wire must not be joined: it may have passed the store before the joiner began, and the joiner
 * would be admitted by a state that was over when it asked.
 */
export class SharedReads<T> {
  readonly #send: () => Promise<T>;
  #isOnWire = false;
  #onWire: Promise<T> | null = null;
  #next: Promise<T> | null = null;

  /** @param send sends a read, and has `settled` called just before its promise settles */
  constructor(send: () => Promise<T>) {
    this.#send = send;
  }

  /** The answer to a read that is sent from now on. */
  read(): Promise<T> {
    if (this.#onWire === null) return this.#start();
    if (this.#next === null) {
      const follow = (): Promise<T> => {
        this.#next = null;
        // One on the wire by now was sent after everybody here began.
        return this.#onWire ?? this.#start();
      };
      this.#next = this.#onWire.then(follow, follow);
    }
    return this.#next;
  }

  /** The read on the wire is over: who begins from now on needs another. */
  settled(): void {
    this.#isOnWire = false;
    this.#onWire = null;
  }

  /** Whether one is on the wire. */
  get isBusy(): boolean {
    return this.#onWire !== null;
  }

  #start(): Promise<T> {
    this.#isOnWire = true;
    const read = this.#send();
    // A store known to be down refuses at once: then nothing is on the wire.
    if (this.#isOnWire) this.#onWire = read;
    return read;
  }
}
