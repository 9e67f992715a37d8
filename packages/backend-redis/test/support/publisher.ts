// A process that stores transitions, each with the time of its store as `by`. See push-latency.test.ts.
import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { RedisBackend } from '../../src/index.js';
import { aRecord, minute } from './records.js';

const { port, prefix } = JSON.parse(process.argv[2] ?? '{}') as { port: number; prefix: string };
const client = new Redis({ port, maxRetriesPerRequest: 0 });
const backend = new RedisBackend({ client, prefix });

process.on('message', (asked) => void publish(asked as { of: string; count: number }));
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function publish({ of, count }: { readonly of: string; readonly count: number }): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const by = String(performance.timeOrigin + performance.now());
    await backend.store(`${of}-${index}`, null, aRecord({ by }), minute);
    await pause(5);
  }
  process.send?.('published');
}
