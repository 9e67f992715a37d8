import type { NamedRecord } from '@circuitry/core';
import { askStoreClock, type StoreClock } from '../circuits/store-clock.js';
import { openStore } from '../store/open-store.js';
import type { StoreOptions } from '../store/store-options.js';
import type { Store } from '../store/store.js';
import { TimeLimit, within } from '../store/time-limit.js';
import type { Terminal } from '../terminal/terminal.js';

/** What every verb that talks to a store takes. */
export interface CommonOptions extends StoreOptions {
  readonly json?: boolean;
  /** ms that one answer of the store may take. */
  readonly timeout: number;
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

/** A listing of any length: each answer, not the whole, is under the limit. */
export async function* listed(
  session: Pick<Session, 'timeout' | 'terminal'>,
  list: (signal: AbortSignal) => AsyncIterable<NamedRecord>,
): AsyncGenerator<NamedRecord> {
  const limit = new TimeLimit(session.timeout, session.terminal.signal);
  try {
    for await (const entry of list(limit.signal)) {
      limit.renew();
      yield entry;
    }
  } finally {
    limit.end();
  }
}
