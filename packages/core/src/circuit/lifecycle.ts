import { ClosedError } from '../errors/storage-errors.js';
import type { Writable } from '../time/writable.js';

/** Whether a factory is still open. Once closed, nothing begins any more. */
export class Lifecycle {
  readonly #closing = new Set<(error: ClosedError) => void>();
  readonly isClosed: boolean = false;

  close(): void {
    (this as Writable<Lifecycle>).isClosed = true;
    for (const each of [...this.#closing]) each(this.closedError());
    this.#closing.clear();
  }

  /** Calls back once when the factory is closed, at once if it is already; the answer takes it back. */
  onClose(callback: (error: ClosedError) => void): () => void {
    if (this.isClosed) callback(this.closedError());
    else this.#closing.add(callback);
    return () => void this.#closing.delete(callback);
  }

  /** What a call after `close` is told. */
  closedError(): ClosedError {
    return new ClosedError('This CircuitBreakerFactory');
  }
}
