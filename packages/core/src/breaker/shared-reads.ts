/** Sends a read; calls `onSettled` just before its promise settles. */
export type SendRead<T> = (onSettled: () => void) => Promise<T>;

/**
 * One read on the wire at a time, shared by those who began before it was sent.
 *
 * A read already on the wire must not be joined: it may have passed the store before the joiner began, and the joiner
 * would be admitted by a state that was over when it asked.
 */
export class SharedReads<T> {
  readonly #send: SendRead<T>;
  #onWire: Promise<T> | null = null;
  #next: Promise<T> | null = null;

  constructor(send: SendRead<T>) {
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

  /** Whether one is on the wire. */
  get isBusy(): boolean {
    return this.#onWire !== null;
  }

  #start(): Promise<T> {
    let isSettled = false;
    const read = this.#send(() => {
      isSettled = true;
      this.#onWire = null;
    });
    // A store known to be down refuses at once: then nothing is on the wire.
    if (!isSettled) this.#onWire = read;
    return read;
  }
}
