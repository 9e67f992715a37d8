import type { Circuit } from '../circuit/circuit.js';
import { answerOf } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import type { Unwatch, WatchEvent } from '../contract/storage.js';
import type { StoreDoor } from './store-door.js';

/** What a push is about: a circuit that this process remembers, and its record in the store. */
export interface Watched {
  readonly circuit: Circuit;
  /** Asks the store for a newer view, while nobody waits for it. */
  refresh(): void;
}

/** Those whom a push may concern. */
export interface WatchedCircuits {
  get(name: string): Watched | undefined;
  values(): Iterable<Watched>;
}

/**
 * Takes in what the store pushes, where it does: a trip is then known at once, not when a view is too old.
 *
 * A push is a hint, and decides nothing: whoever may publish could otherwise open or close circuits. A record that is news
 * makes the view count no more, and is read. Nothing depends on pushes. Watching begins with the first need, so that a
 * process that only makes breakers opens nothing.
 */
export class Watcher {
  readonly #shared: Shared;
  readonly #circuits: WatchedCircuits;
  readonly #door: StoreDoor;
  #unwatch: Promise<Unwatch | undefined> | null = null;

  constructor(shared: Shared, circuits: WatchedCircuits, door: StoreDoor) {
    this.#shared = shared;
    this.#circuits = circuits;
    this.#door = door;
  }

  /** Begins, once, and never after the close. If the store can't, the next need tries again. */
  begin(): void {
    if (this.#unwatch === null && !this.#shared.lifecycle.isClosed) this.#unwatch = this.#begin();
  }

  /** A store that is away has forgotten us already: nobody waits for it longer than for any other answer. */
  async close(): Promise<void> {
    const watching = this.#unwatch;
    if (watching === null) return;
    this.#unwatch = null;
    const { clock, storageTimeout } = this.#shared.settings;
    const ending = watching.then((unwatch) => unwatch?.());
    await answerOf<void>(({ resolve }) => {
      const cancel = clock.after(storageTimeout, resolve);
      const over = (): void => {
        cancel();
        resolve();
      };
      ending.then(over, over);
    });
  }

  async #begin(): Promise<Unwatch | undefined> {
    const { backend, context, hub } = this.#shared;
    try {
      return await backend.watch?.((event) => context.soon(() => this.#take(event)));
    } catch (error) {
      hub.log('warn', 'The store could not be watched; its changes are seen a little later', { error });
      this.#unwatch = null;
      return undefined;
    }
  }

  #take(event: WatchEvent): void {
    if (this.#shared.lifecycle.isClosed) return;
    if (event.type === 'missed') {
      for (const { circuit } of this.#circuits.values()) circuit.distrust(this.#door.order);
      return;
    }
    const watched = this.#circuits.get(event.name);
    if (watched === undefined) return;
    const { circuit } = watched;
    // One's own store brings its own answer. One that came late is no news, for pushes keep no order; nor is nonsense.
    const { revision, by } = Object(event.record) as Partial<typeof event.record>;
    if (this.#shared.stamps.isOwn(by)) return;
    if (circuit.isKnown && !(Number(revision) > (circuit.record?.revision ?? 0))) return;
    circuit.distrust(this.#door.order);
    watched.refresh();
  }
}
