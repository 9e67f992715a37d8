/**
 * This machine's clock, but that it can be held: what ends by it doesn't end until then, however slow the machine is. For
 * circuits of a test whose other times are a server's own.
 *
 * @implements {import('./held-clock.d.mts').HeldClock}
 */
export class HeldClock {
  #behind = 0;
  /** @type {number | null} */
  #heldAt = null;

  now() {
    return this.#heldAt ?? Date.now() - this.#behind;
  }

  /** @param {number} ms @param {() => void} callback */
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  }

  hold() {
    this.#heldAt ??= this.now();
  }

  goOn() {
    if (this.#heldAt !== null) this.#behind = Date.now() - this.#heldAt;
    this.#heldAt = null;
  }
}
