import { describe, it } from '@jest/globals';
import { describeStorageBackend, type OpenStore } from '@circuitry/testkit';
import type { DynamoDBServer, ServerKind } from '../../../../tooling/servers/dynamodb.mjs';
import { startTcpProxy, type TcpProxy } from '../../../../tooling/servers/tcp-proxy.mjs';
import { makeTable, variants } from './tables.js';

/** The whole storage contract, for each way in which circuits may lie in a table. */
export function describeConformance(server: () => DynamoDBServer, kind: ServerKind): void {
  for (const variant of variants) {
    describeStorageBackend(
      `DynamoDBBackend, ${variant}`,
      {
        async open() {
          const table = await makeTable(server(), variant);
          // An endpoint elsewhere can't be put behind a relay of ours: its outages are not tried.
          const proxy = kind === 'endpoint' ? undefined : await startTcpProxy(server().port);
          return {
            connect: () => table.connect({}, proxy?.port),
            ...(proxy !== undefined && troubleOn(proxy)),
            corrupt: (name) => table.damage(name, 'state', { S: 'ajar' }),
            async close() {
              await table.drop();
              await proxy?.stop();
            },
          };
        },
      },
      { describe, it },
    );
  }
}

/** What can go wrong on the way to a table. */
function troubleOn(proxy: TcpProxy): Pick<OpenStore, 'outage' | 'lostReplies'> {
  return {
    outage: {
      begin: (how) => (how === 'hang' ? proxy.freeze() : proxy.refuse()),
      end: () => {
        proxy.thaw();
        proxy.refuse(false);
      },
    },
    lostReplies: { begin: () => proxy.loseReplies(), end: () => proxy.loseReplies(false) },
  };
}
