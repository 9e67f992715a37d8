import { glidePatience, loadGlide, type Library } from './clients.js';
import type { Setup } from './variants.js';
import { clusterSetup, plainSetup } from './variants.js';

const loaded = await loadGlide();

/** Why there is no valkey-glide here; null where there is. */
export const noGlide: string | null = 'missing' in loaded ? loaded.missing : null;

/** Only where there is one. */
export function glide(): typeof import('@valkey/valkey-glide') {
  if ('missing' in loaded) throw new Error(loaded.missing);
  return loaded;
}

/** Every library that can be had here. */
export const libraries: readonly Library[] = [
  ...(['ioredis 5', 'ioredis 6', 'node-redis'] as const),
  ...(noGlide === null ? (['valkey-glide'] as const) : []),
];

/** One server, with valkey-glide. */
export async function glideSetup(): Promise<Setup> {
  const plain = await plainSetup();
  const addresses = [{ host: '127.0.0.1', port: plain.proxies[0]?.port ?? 0 }];
  return {
    ...plain,
    async connect() {
      const client = await glide().GlideClient.createClient({ addresses, ...glidePatience });
      return { client, end: () => client.close() };
    },
  };
}

/** A Cluster, with valkey-glide. */
export async function glideClusterSetup(): Promise<Setup> {
  const setup = await clusterSetup();
  const ports = setup.proxies.map(({ port }) => port);
  const addressResolver = (host: string, port: number): [string, number] => {
    const at = setup.servers?.indexOf(port) ?? -1;
    return [host, ports[at] ?? port];
  };
  const addresses = ports.map((port) => ({ host: '127.0.0.1', port }));
  return {
    ...setup,
    async connect() {
      const options = { addresses, addressResolver, ...glidePatience };
      const client = await glide().GlideClusterClient.createClient(options);
      return { client, end: () => client.close() };
    },
  };
}
