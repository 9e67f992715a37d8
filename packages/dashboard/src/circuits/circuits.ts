import {
  assertName,
  CircuitBreakerFactory,
  type CircuitBreaker,
  type CircuitRecord,
  type Clock,
  type OverrideOptions,
  type StorageBackend,
} from '@circuitry/core';
import type { Act } from '../protocol/answers.js';
import type { CircuitDetail } from '../protocol/circuit.js';
import type { PanelSettings } from './panel-settings.js';
import type { StoreObserver } from '../watch/observer.js';
import { allowAfterOf, settingsOf } from './settings-lines.js';
import { totalsOf, viewOf } from '../records/view.js';
import { windowsOf } from '../records/windows.js';
import { within } from '../records/within.js';

interface CircuitsOptions {
  readonly backend: StorageBackend;
  readonly settings: PanelSettings | null;
  readonly kindOf: (name: string) => string;
  readonly storageTimeout: number;
  readonly clock: Clock;
  readonly observer: StoreObserver;
}

/** What an act came to. */
export type ActResult =
  | { readonly status: 'done'; readonly circuit: CircuitDetail }
  /** Somebody or something changed the circuit since the operator looked: nothing was done. */
  | { readonly status: 'changed'; readonly circuit: CircuitDetail };

/** One circuit at a time: what is known of it, and an operator's hand on it. */
export class Circuits {
  readonly #options: CircuitsOptions;
  readonly #factory: CircuitBreakerFactory<{ readonly name: string }>;

  constructor(options: CircuitsOptions) {
    const { backend, settings, storageTimeout, clock } = options;
    this.#options = options;
    // By kind, so that what the settings say for one kind of circuit holds; the name in the store is known already.
    this.#factory = new CircuitBreakerFactory<{ readonly name: string }>({
      ...(settings as object),
      backend,
      storageTimeout,
      clock,
      nameFor: (_circuit, { name }) => name,
    });
  }

  /** @throws ERR_INVALID_NAME, ERR_STORAGE, ERR_CORRUPT_RECORD, ERR_UNSUPPORTED_RECORD */
  async look(name: string): Promise<{ readonly circuit: CircuitDetail; readonly now: number }> {
    const { backend, clock, storageTimeout } = this.#options;
    assertName(name);
    const { record, now = clock.now() } = await within(clock, storageTimeout, (signal) =>
      backend.retrieve(name, { signal }),
    );
    return { circuit: this.#detail(name, record, now), now };
  }

  /**
   * Does what an operator asks for, if the circuit is still as they saw it.
   *
   * @throws as {@link look}; ERR_INVALID_SETTINGS for a length or reason that core doesn't take
   */
  async act({ name, verb, reason, for: length, revision }: Act, by: string | null): Promise<ActResult> {
    const { circuit } = await this.look(name);
    if (circuit.revision !== revision) return { status: 'changed', circuit };
    const breaker = this.#factory.breakerFor(circuit.kind, { name });
    const options: OverrideOptions = {
      ...(reason === null ? {} : { reason }),
      ...(by === null ? {} : { by }),
      ...(length === null ? {} : { for: length }),
    };
    await this.#do(breaker, verb, options);
    return { status: 'done', circuit: (await this.look(name)).circuit };
  }

  close(): Promise<void> {
    return this.#factory.close();
  }

  async #do(breaker: CircuitBreaker<unknown>, verb: Act['verb'], options: OverrideOptions): Promise<void> {
    switch (verb) {
      case 'trip':
        return breaker.trip(options);
      case 'open':
        return breaker.forceOpen(options);
      case 'close':
        return breaker.forceClosed(options);
      case 'release':
        return breaker.release();
      case 'reset':
        return breaker.reset();
    }
  }

  #detail(name: string, record: CircuitRecord | null, now: number): CircuitDetail {
    const { kindOf, settings, observer } = this.#options;
    const kind = kindOf(name);
    return {
      ...viewOf(name, kind, record, now),
      generation: record?.generation ?? 0,
      totals: totalsOf(record),
      windows: record === null ? [] : windowsOf(record.counters, now),
      seen: observer.seen(name),
      watchedSince: observer.watchedSince,
      allowAfter: settings === null ? null : allowAfterOf(settings, kind),
      settings: settings === null ? null : settingsOf(settings, kind),
    };
  }
}
