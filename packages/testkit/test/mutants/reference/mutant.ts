import type { StorageBackend } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { Server } from './server.js';

export { ReferenceBackend } from './reference-backend.js';
export { FarBackend } from './far-backend.js';
export { ReadFirstBackend } from './read-first-backend.js';
export { RowLockBackend } from './row-lock-backend.js';
export { Server } from './server.js';

/** How a mutant's store is opened. */
interface MutantOptions {
  /** False: its harness can't cut the connection, as many can't. */
  readonly outage?: boolean;
  /** False: it can't have answers get lost either. */
  readonly lostReplies?: boolean;
  /** False: an outage of its harness refuses connections whatever the kit asks for. */
  readonly hangs?: boolean;
  /** Removes what is over, as its user would. Default: the store does it. */
  readonly sweep?: (server: Server) => void;
  /** The store behind one `open()`. Default: one of its own. */
  readonly server?: () => Server;
}

/** A harness over backends of that class. */
export function harnessOf(
  Backend: new (server: Server) => StorageBackend,
  {
    outage = true,
    lostReplies = true,
    hangs = true,
    sweep = removeEnded,
    server: makeServer = () => new Server(),
  }: MutantOptions = {},
): StorageHarness {
  return {
    open() {
      const server = makeServer();
      return {
        connect: () => new Backend(server),
        ...(outage && {
          outage: { begin: (how) => server.begin(hangs ? how : 'refuse'), end: () => server.end() },
        }),
        ...(lostReplies && {
          lostReplies: { begin: () => server.beginLosing(), end: () => server.endLosing() },
        }),
        held: () => {
          sweep(server);
          return server.entries.size;
        },
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

function removeEnded(server: Server): void {
  for (const [key, { endsAt }] of server.entries) if (endsAt <= server.now()) server.entries.delete(key);
}
