import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { describeStorageBackend } from '@circuitry/testkit';
import { RedisBackend } from '../../src/index.js';
import { KeyNames } from '../../src/circuit/key-names.js';
import { describeWithServer, uniquePrefix } from './servers.js';
import type { Setup } from './variants.js';

/** The whole contract, once per variant, each on servers of its own. */
export function describeConformance(variants: Readonly<Record<string, () => Promise<Setup>>>): void {
  for (const [variant, start] of Object.entries(variants)) describeVariant(variant, start);
}

function describeVariant(variant: string, start: () => Promise<Setup>): void {
  describeWithServer(`RedisBackend on ${variant}`, () => {
    let setup: Setup;
    let stop = async (): Promise<void> => {};
    beforeAll(async () => {
      setup = await start();
      stop = () => setup.stop();
    });
    afterAll(() => stop());

    describeStorageBackend(
      `RedisBackend on ${variant}`,
      {
        open() {
          const prefix = setup.newPrefix?.() ?? uniquePrefix();
          const ends: (() => unknown)[] = [];
          return {
            async connect() {
              const { client, end } = await setup.connect(prefix);
              ends.push(end);
              return new RedisBackend({ client, prefix, ...setup.options });
            },
            outage: {
              begin: (how) => setup.proxies.forEach((proxy) => (how === 'hang' ? proxy.freeze() : proxy.refuse())),
              end: () =>
                setup.proxies.forEach((proxy) => {
                  proxy.thaw();
                  proxy.refuse(false);
                }),
            },
            lostReplies: {
              begin: () => setup.proxies.forEach((proxy) => proxy.loseReplies()),
              end: () => setup.proxies.forEach((proxy) => proxy.loseReplies(false)),
            },
            async held() {
              const { direct } = setup;
              const masters = 'nodes' in direct ? direct.nodes('master') : [direct];
              const keys = (await Promise.all(masters.map((node) => node.keys('*')))).flat();
              const { channel } = new KeyNames((setup.keyPrefix ?? '') + prefix);
              return keys.filter((key) => key.startsWith(channel.replace(/transitions$/, '{'))).length;
            },
            async corrupt(name: string) {
              const key = new KeyNames((setup.keyPrefix ?? '') + prefix).record(name);
              const text = (await setup.direct.get(key)) ?? '';
              await setup.direct.set(key, text.replace(/ (?:closed|open|half-open) /, ' ajar '), 'KEEPTTL');
            },
            close() {
              for (const end of ends) end();
            },
          };
        },
      },
      { describe, it },
    );
  });
}
