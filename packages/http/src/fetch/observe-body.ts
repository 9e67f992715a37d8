import type { ReadableStreamReadResult, UnderlyingByteSource } from 'node:stream/web';
import type { BodyWatch } from '../body-watch.js';

/**
 * The same answer with a body that tells `watch` what becomes of it; null where there is nothing to watch: no body, a body
 * that is no web stream, or an answer that can't be made anew (an opaque one).
 *
 * It is a Response of the same class, so that `text()`, `clone()` and code of the host read the watched body as well.
 */
export function observeBody(response: Response, startWatch: () => BodyWatch): Response | null {
  const { body, status, statusText, headers } = response;
  if (body === null || body === undefined || typeof body.getReader !== 'function') return null;
  const source = new WatchedSource(response);
  let copy: Response;
  try {
    const SameClass = response.constructor as typeof Response;
    copy = new SameClass(streamOf(source), { status, statusText, headers });
  } catch {
    return null;
  }
  source.watch = startWatch();
  return withFacts(copy, response);
}

/** What a constructor can't be told. */
function withFacts(copy: Response, original: Response): Response {
  const facts = { url: original.url, redirected: original.redirected, type: original.type };
  const clone = copy.clone.bind(copy);
  Object.defineProperties(copy, {
    ...Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, { value, configurable: true }])),
    clone: { value: () => withFacts(clone(), original), configurable: true, writable: true },
  });
  return copy;
}

function streamOf(source: WatchedSource): ReadableStream<Uint8Array> {
  try {
    // A stream of bytes, as the host's own: it can be read into a buffer of the reader's.
    return new ReadableStream(source.ofBytes());
  } catch {
    return new ReadableStream<Uint8Array>(source, { highWaterMark: 0 });
  }
}

/** Reads the answer's body piece by piece as somebody asks for it. Until then it takes no lock. */
class WatchedSource {
  watch: BodyWatch | null = null;
  /**
   * The answer itself, not only its body: undici gives a body that nobody has begun to read back to its connection when the
   * Response is collected, so it must live exactly as long as the copy.
   */
  readonly #response: Response;
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  #isCancelled = false;

  constructor(response: Response) {
    this.#response = response;
  }

  ofBytes(): UnderlyingByteSource {
    return {
      type: 'bytes',
      pull: (controller) => this.pull(controller),
      cancel: (reason: unknown) => this.cancel(reason),
    };
  }

  async pull(controller: ReadableByteStreamController | ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const body = this.#response.body as ReadableStream<Uint8Array>;
    this.#reader ??= body.getReader();
    this.watch?.awaited();
    let piece: ReadableStreamReadResult<Uint8Array>;
    try {
      do piece = await this.#reader.read();
      while (!piece.done && piece.value.byteLength === 0);
    } catch (error) {
      await this.watch?.broke(error);
      throw error;
    }
    if (this.#isCancelled) return;
    if (!piece.done) {
      this.watch?.came();
      controller.enqueue(piece.value);
      return;
    }
    await this.watch?.over();
    // It may have been cancelled while that was reported.
    if (this.#isCancelled as boolean) return;
    controller.close();
    // A reader with a buffer of its own gets it back empty.
    if ('byobRequest' in controller) controller.byobRequest?.respond(0);
  }

  async cancel(reason: unknown): Promise<void> {
    this.#isCancelled = true;
    const cancelled = (this.#reader ?? this.#response.body)?.cancel(reason);
    await this.watch?.over();
    await cancelled;
  }
}
