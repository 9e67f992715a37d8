import { findPrograms, startServer } from '../../examples/third-party-backend/test/postgres-server.mjs';

/** Where the programs of a PostgreSQL stand, or why there are none: from the package that tooling has, else the machine's. */
export function postgresServer() {
  return findPrograms(import.meta.url);
}

/**
 * A fresh PostgreSQL that goes with its caller.
 *
 * @returns {Promise<{ url: string, stop(): Promise<void> }>}
 */
export async function startPostgres() {
  const found = postgresServer();
  const server = 'missing' in found ? found : await startServer(found.folder);
  if ('missing' in server) throw new Error(server.missing);
  return server;
}
