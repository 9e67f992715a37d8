// A process that watches: it tells its parent how long after its store each transition arrived. See push-latency.test.ts.
import { Redis } from 'ioredis';
import { RedisBackend } from '../../src/index.js';

const { port, prefix } = JSON.parse(process.argv[2] ?? '{}') as { port: number; prefix: string };
const client = new Redis({ port });
const backend = new RedisBackend({ client, prefix });
let delays: number[] = [];

await backend.watch((event) => {
  // `by` carries the time of the store: all processes of a machine share its clock.
  if (event.type === 'transition') delays.push(performance.timeOrigin + performance.now() - Number(event.record.by));
});
process.on('message', () => {
  process.send?.(delays);
  delays = [];
});
process.on('disconnect', () => process.exit());
process.send?.('watching');
