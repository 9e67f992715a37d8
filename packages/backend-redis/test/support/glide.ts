import type { Setup } from './variants.js';
import { clusterSetup, plainSetup } from './variants.js';

type Glide = typeof import('@valkey/valkey-glide');

/** valkey-glide, or why it can't be had: a part of it is built for each system. */
const loaded: Glide | { readonly missing: string } = await import('@valkey/valkey-glide').catch((error: unknown) => ({
  missing: `no valkey-glide for this system: ${(error as Error).message.split('\n')[0]}`,
}));

export const noGlide: string | null = 'missing' in loaded ? loaded.missing : null;

/** Only where there is one: see {@link noGlide}. */
export function glide(): Glide {
  if ('missing' in loaded) throw new Error(loaded.missing);
  return loaded;
}

/** Its own log says on the console what each test makes go wrong. */
if (!('missing' in loaded)) loaded.Logger.setLoggerConfig('off');

/** One server, with valkey-glide. */
export async function glideSetup(): Promise<Setup> {
  const plain = await plainSetup();
  const addresses = [{ host: '127.0.0.1', port: plain.proxies[0]?.port ?? 0 }];
  return {
    ...plain,
    async connect() {
      const client = await glide().GlideClient.createClient({ addresses, requestTimeout: 2_000 });
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
      const options = { addresses, addressResolver, requestTimeout: 2_000 };
      const client = await glide().GlideClusterClient.createClient(options);
      return { client, end: () => client.close() };
    },
  };
}
