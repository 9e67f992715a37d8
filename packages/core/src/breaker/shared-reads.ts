/**
 * One read on the wire at a time, shared by those who began before it was sent.
 *
 * A read already on the wire must not be joined: it may have passed the store before the joiner began, and the joiner
 * would be admitted by a state that was over when it asked.
 */
export class SharedReads<T> {
  readonly #send: () => Promise<T>;
  #onWire: Promise<T> | null = null;
  #next: Promise<T> | null = null;

  constructor(send: () => Promise<T>) {
    this.#send = send;
  }

  /** The answer to a read that is sent from now on. */
  read(): Promise<T> {
    if (this.#onWire === null) return this.#start();
    if (this.#next === null) {
      const follow = (): Promise<T> => {
        this.#next = null;
        return this.#start();
      };
      this.#next = this.#onWire.then(follow, follow);
    }
    return this.#next;
  }

  /** Whether one is on the wire or will be. */
  get isBusy(): boolean {
    return this.#onWire !== null;
  }

  #start(): Promise<T> {
    const read = this.#send();
    this.#onWire = read;
    const done = (): void => {
      if (this.#onWire === read) this.#onWire = null;
    };
    // Registered before any follower's, so that the wire is free when a follower sends.
    read.then(done, done);
    return read;
  }
}
