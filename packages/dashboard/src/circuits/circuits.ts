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
import { SharedReads } from '../records/shared-reads.js';
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

/** A record as it was read. */
interface Read {
  readonly record: CircuitRecord | null;
  /** The store's time less this process's, ms. */
  readonly ahead: number;
}

/** One circuit at a time: what is known of it, and an operator's hand on it. */
export class Circuits {
  readonly #options: CircuitsOptions;
  readonly #factory: CircuitBreakerFactory<{ readonly name: string }>;
  readonly #reads: SharedReads<Read>;

  constructor(options: CircuitsOptions) {
    const { backend, settings, storageTimeout, clock } = options;
    this.#options = options;
    this.#reads = new SharedReads(clock);
    // By kind, so that what the settings say for one kind of circuit holds; the name in the store is known already.
    this.#factory = new CircuitBreakerFactory<{ readonly name: string }>({
      ...(settings as object),
      backend,
      storageTimeout,
      clock,
      nameFor: (_circuit, { name }) => name,
    });
  }

  /**
   * A circuit as it was within the last second, and after each transition and act that was seen.
   *
   * @throws ERR_INVALID_NAME, ERR_STORAGE, ERR_CORRUPT_RECORD, ERR_UNSUPPORTED_RECORD
   */
  async look(name: string): Promise<{ readonly circuit: CircuitDetail; readonly now: number }> {
    const { clock, observer } = this.#options;
    assertName(name);
    const { record, ahead } = await this.#reads.get(name, observer.newsOf(name), () => this.#read(name));
    const now = clock.now() + ahead;
    return { circuit: this.#detail(name, record, now), now };
  }

  /**
   * Does what an operator asks for, if the circuit is still as they saw it.
   *
   * @throws as {@link look}; ERR_INVALID_SETTINGS for a length or reason that core doesn't take
   */
  async act({ name, verb, reason, for: length, revision }: Act, by: string | null): Promise<ActResult> {
    const circuit = await this.#readDetail(name);
    if (circuit.revision !== revision) return { status: 'changed', circuit };
    const breaker = this.#factory.breakerFor(circuit.kind, { name });
    const options: OverrideOptions = {
      ...(reason === null ? {} : { reason }),
      ...(by === null ? {} : { by }),
      ...(length === null ? {} : { for: length }),
    };
    await this.#do(breaker, verb, options);
    return { status: 'done', circuit: await this.#readDetail(name) };
  }

  close(): Promise<void> {
    return this.#factory.close();
  }

  async #read(name: string): Promise<Read> {
    const { backend, clock, storageTimeout } = this.#options;
    const answer = await within(clock, storageTimeout, (signal) => backend.retrieve(name, { signal }));
    return { record: answer.record, ahead: answer.now === undefined ? 0 : answer.now - clock.now() };
  }

  /** As it is at this moment. */
  async #readDetail(name: string): Promise<CircuitDetail> {
    assertName(name);
    const { record, ahead } = await this.#read(name);
    return this.#detail(name, record, this.#options.clock.now() + ahead);
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
