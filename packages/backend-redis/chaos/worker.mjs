// One worker of the chaos runs on Redis; every second one of them uses the other client library.
import { RedisBackend } from '@circuitry/backend-redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { clock, setup, work } from '../../../tooling/chaos/worker.mjs';

const { port, sentinels, natMap, library } = setup;

/** A client to the one server, or to the set. */
function connect() {
  if (sentinels !== undefined) return new Redis({ sentinels, name: 'circuits', natMap, disconnectTimeout: 0 });
  if (library === 'ioredis') return new Redis({ port, disconnectTimeout: 0 });
  const client = createClient({ socket: { host: '127.0.0.1', port } });
  client.connect().catch(() => {});
  return client;
}

const client = connect();
// It is a model only: what becomes of its own connection is no matter.
client.on('error', () => {});
await work(new RedisBackend({ client, clock }));
if (client instanceof Redis) client.disconnect();
else client.destroy();
