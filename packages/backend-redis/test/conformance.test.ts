import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { describeStorageBackend } from '@circuitry/testkit';
import { Redis } from 'ioredis';
import { valkeyServer } from '../../../tooling/servers/redis.mjs';
import { RedisBackend, type RedisClient } from '../src/index.js';
import { KeyNames } from '../src/key-names.js';
import { describeWithServer, uniquePrefix } from './support/servers.js';
import {
  aclSetup,
  clusterSetup,
  ioredis5Setup,
  plainSetup,
  quorumSetup,
  sentinelSetup,
  type Setup,
} from './support/variants.js';

jest.setTimeout(120_000);

const variants: Record<string, () => Promise<Setup>> = {
  'one server': () => plainSetup(),
  'a client that never resends': () =>
    plainSetup((port) => new Redis({ port, maxRetriesPerRequest: 0, disconnectTimeout: 0 })),
  'an awkward prefix, a keyPrefix and RESP2': () =>
    plainSetup((port) => new Redis({ port, keyPrefix: 'app:{x}', protocol: 2, disconnectTimeout: 0 }), {
      newPrefix: () => `{%}*:${uniquePrefix()}`,
    }),
  'ioredis 5': ioredis5Setup,
  'workers that decide by their own clocks': () => plainSetup(undefined, { options: { serverTime: false } }),
  'locks on a quorum': quorumSetup,
  'an ACL user': aclSetup,
  Sentinel: sentinelSetup,
  Cluster: () => clusterSetup(),
  'a Cluster, as an ACL user': () => clusterSetup(true),
};

const valkey = valkeyServer();
if ('path' in valkey) variants['Valkey'] = () => plainSetup(undefined, { server: valkey.path });
else it.skip(`Valkey (skipped: ${valkey.missing})`, () => {});

for (const [variant, start] of Object.entries(variants)) {
  describeWithServer(`RedisBackend on ${variant}`, () => {
    let setup: Setup;
    beforeAll(async () => {
      setup = await start();
    });
    afterAll(() => setup.stop());

    describeStorageBackend(
      `RedisBackend on ${variant}`,
      {
        open() {
          const prefix = setup.newPrefix?.() ?? uniquePrefix();
          const clients: RedisClient[] = [];
          return {
            async connect() {
              const client = await setup.connect(prefix);
              clients.push(client);
              return new RedisBackend({ client, prefix, ...setup.options });
            },
            outage: {
              begin: () => setup.proxies.forEach((proxy) => proxy.refuse()),
              end: () => setup.proxies.forEach((proxy) => proxy.refuse(false)),
            },
            async corrupt(name: string) {
              const before = clients[0]?.options.keyPrefix ?? '';
              await setup.direct.hset(new KeyNames(before + prefix).record(name), 'state', 'ajar');
            },
            close() {
              for (const client of clients) client.disconnect();
            },
          };
        },
      },
      { describe, it },
    );
  });
}
