import type { Unwatch, WatchEvent } from '../contract/storage.js';
import { checkRecord } from '../contract/check-record.js';
import { noteObserved } from './announcements.js';
import type { Services } from './services.js';

/**
 * Takes in what the store pushes, where it does: a trip is then known at once, not when a view is too old. Nothing
 * depends on it. It begins with the first need, so that a process that only makes breakers opens nothing.
 */
export class Watcher {
  readonly #watch: () => Promise<Unwatch | undefined>;
  readonly #onError: (error: unknown) => void;
  #unwatch: Promise<Unwatch | undefined> | null = null;

  constructor(watch: () => Promise<Unwatch | undefined>, onError: (error: unknown) => void) {
    this.#watch = watch;
    this.#onError = onError;
  }

  /** Begins, once. If the store can't, the next need tries again. */
  begin(): void {
    if (this.#unwatch !== null) return;
    this.#unwatch = this.#watch().catch((error: unknown) => {
      this.#onError(error);
      this.#unwatch = null;
      return undefined;
    });
  }

  async close(): Promise<void> {
    try {
      await (
        await this.#unwatch
      )?.();
    } catch {
      // A store that is away has forgotten us already.
    }
  }
}

/** The watcher of a factory. */
export function watcherOf<Context>(services: Services<Context>): Watcher {
  const { backend, circuits, reports, time } = services;
  const onEvent = (event: WatchEvent): void => {
    if (event.type === 'missed') {
      for (const circuit of circuits.values()) circuit.distrustView();
      return;
    }
    const circuit = circuits.get(event.name);
    try {
      checkRecord(event.name, event.record);
    } catch {
      // Whoever begins next asks the store, and hears what is wrong.
      return circuit?.distrustView();
    }
    if (circuit?.push(event.record) === true) noteObserved(services, circuit, time.now());
  };
  const onError = (error: unknown): void =>
    reports.log('warn', 'The store could not be watched; its changes are seen a little later', { error });
  return new Watcher(async () => backend.watch?.(onEvent), onError);
}
