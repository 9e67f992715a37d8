// The only file of the example that tells time.

/**
 * Time in the story: it begins at 0 and runs `timeScale` times as fast as ours, so that minutes of a queue's life can
 * be watched in seconds.
 */
export class StoryClock {
  #startedAt = Date.now();
  #timers = /** @type {Set<NodeJS.Timeout>} */ (new Set());
  #isStopped = false;

  /**
   * @param {number} timeScale
   * @param {number} [startedAt] ms since the epoch; default: now
   */
  constructor(timeScale, startedAt = Date.now()) {
    this.timeScale = timeScale;
    this.#startedAt = startedAt;
  }

  /** When the story began, ms since the epoch. */
  get startedAt() {
    return this.#startedAt;
  }

  /** ms of the story since its beginning. */
  now() {
    return (Date.now() - this.#startedAt) * this.timeScale;
  }

  /**
   * A moment of ours as one of the story.
   *
   * @param {number} epoch ms since the epoch
   */
  storyOf(epoch) {
    return (epoch - this.#startedAt) * this.timeScale;
  }

  /**
   * Calls back after so many ms of the story; at once where they are over.
   *
   * @param {number} ms
   * @param {() => void} callback
   * @returns {() => void} cancels it
   */
  after(ms, callback) {
    if (this.#isStopped) return () => {};
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        callback();
      },
      Math.max(0, ms / this.timeScale),
    );
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  /**
   * Calls back every so many ms of ours, until the clock stops.
   *
   * @param {number} ms
   * @param {() => void} callback
   */
  every(ms, callback) {
    this.after(ms * this.timeScale, () => {
      callback();
      this.every(ms, callback);
    });
  }

  /** Nothing is called back any more. */
  stop() {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/**
 * Runs work with a signal that is aborted after so many ms of ours, or when `closing` is.
 *
 * By hand: signals made by AbortSignal.any from AbortSignal.timeout may be collected as garbage in Node 20, and then
 * never fire.
 *
 * @template T
 * @param {number} ms
 * @param {AbortSignal} closing
 * @param {(signal: AbortSignal) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withDeadline(ms, closing, work) {
  const controller = new AbortController();
  const onClosing = () => controller.abort(closing.reason);
  closing.addEventListener('abort', onClosing);
  const timer = setTimeout(() => controller.abort(new Error(`It took longer than ${ms} ms.`)), ms);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    closing.removeEventListener('abort', onClosing);
  }
}
