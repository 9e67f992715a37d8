import { startPostgres } from './postgres-server.mjs';

/** One server for all tests. */
export async function setup({ provide }) {
  const server = await startPostgres();
  if ('missing' in server) {
    provide('postgres', { missing: server.missing });
    return undefined;
  }
  provide('postgres', { url: server.url });
  return server.stop;
}
