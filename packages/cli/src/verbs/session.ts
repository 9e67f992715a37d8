import type { Lister } from '../circuits/listing.js';
import { askStoreClock, type StoreClock } from '../circuits/store-clock.js';
import { openStore } from '../store/open-store.js';
import type { StoreOptions } from '../store/store-options.js';
import type { Store } from '../store/store.js';
import { TimeLimit, within } from '../store/time-limit.js';
import type { Terminal } from '../terminal/terminal.js';

/** What every verb that talks to a store takes. */
export interface CommonOptions extends StoreOptions {
  readonly json?: boolean;
}

/** A verb under way: an open store that has answered once. */
export interface Session {
  readonly terminal: Terminal;
  readonly store: Store;
  readonly clock: StoreClock;
  readonly timeout: number;
  readonly json: boolean;
}

/** Opens the store, runs the verb, and closes the store however it ended. */
export async function withSession<T>(
  options: CommonOptions,
  terminal: Terminal,
  verb: (session: Session) => Promise<T>,
): Promise<T> {
  const store = await openStore(options, terminal);
  try {
    const clock = await within(options.timeout, terminal.signal, (signal) => askStoreClock(store.backend, signal));
    return await verb({ terminal, store, clock, timeout: options.timeout, json: options.json === true });
  } finally {
    await store.close();
  }
}

/** Fewer round trips than backends make by themselves: nothing else waits for this connection. */
const pageSize = 500;

/**
 * The store's `list` under the limit: each answer, not the whole. While whoever reads it is busy, or a person looks at a
 * page, no time passes.
 */
export function listerOf({ store, timeout, terminal }: Pick<Session, 'store' | 'timeout' | 'terminal'>): Lister {
  return async function* (options) {
    const limit = new TimeLimit(timeout, terminal.signal);
    try {
      for await (const entry of store.backend.list({ pageSize, ...options, signal: limit.signal })) {
        limit.end();
        yield entry;
        limit.renew();
      }
    } finally {
      limit.end();
    }
  };
}
