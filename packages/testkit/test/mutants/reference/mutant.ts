import type { StorageBackend } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { Server } from './server.js';

export { ReferenceBackend } from './reference-backend.js';
export { RowLockBackend } from './row-lock-backend.js';
export { Server } from './server.js';

/** How a mutant's store is opened. */
interface MutantOptions {
  /** False: its harness can't cut the connection, as many can't. */
  readonly outage?: boolean;
  /** The store behind one `open()`. Default: one of its own. */
  readonly server?: () => Server;
}

/** A harness over backends of that class. */
export function harnessOf(
  Backend: new (server: Server) => StorageBackend,
  { outage = true, server: makeServer = () => new Server() }: MutantOptions = {},
): StorageHarness {
  return {
    open() {
      const server = makeServer();
      return {
        connect: () => new Backend(server),
        ...(outage && { outage: { begin: () => server.begin(), end: () => server.end() } }),
        corrupt: (name) => {
          for (const [key, entry] of server.entries) {
            if (key.endsWith(name))
              server.entries.set(key, {
                ...entry,
                text: entry.text.replace('"closed"', '"ajar"').replace('"open"', '"ajar"'),
              });
          }
        },
        close: () => {
          server.gone = true;
          server.listeners.clear();
        },
      };
    },
  };
}
