import type { StorageBackend } from '../contract/storage.js';
import { ClosedError } from '../errors/storage-errors.js';
import type { Settings } from '../settings/parse-settings.js';
import type { Circuits } from './circuits.js';
import type { Reports } from './reports.js';
import type { StoreTime } from './store-time.js';

/** What the parts of one factory share. */
export interface Services<Context> {
  readonly settings: Settings<Context>;
  readonly backend: StorageBackend;
  readonly reports: Reports<Context>;
  readonly circuits: Circuits<Context>;
  readonly time: StoreTime;
  /** A new one per store call. */
  readonly by: () => string;
  readonly lifecycle: Lifecycle;
}

/** Whether the factory is still open. */
export class Lifecycle {
  #isClosed = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** What a call after `close` is told. */
  closedError(): ClosedError {
    return new ClosedError('This CircuitBreakerFactory');
  }
}
