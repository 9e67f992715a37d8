import { CircuitBreakerFactory, MemoryBackend, systemClock } from '@circuitry/core';
import { RedisBackend } from '@circuitry/backend-redis';
import { timeCalls } from '../../measure/time-calls.mjs';
import { connect } from '../../processes/redis-client.mjs';
import { variants } from './variants.mjs';

const work = async () => 42;
const bounded = { consistency: { maxStaleness: '250ms' } };

/** Fills one kind of window, then times calls: strict and bounded in memory, strict on Redis. */
export async function run({ id, url, milliseconds }) {
  const variant = variants.find((one) => one.id === id);
  const client = await connect(url);
  await client.flushall();
  const backend = new RedisBackend({ client, serverTime: false });
  const answer = {
    strict: await timeFilled(variant, new MemoryBackend(), {}, { milliseconds }),
    bounded: await timeFilled(variant, new MemoryBackend(), bounded, { milliseconds }),
    // A round trip each: samples of a thousand would last too long.
    redis: await timeFilled(variant, backend, {}, { milliseconds, callsPerSample: 20 }),
  };
  const [key] = await client.keys('*');
  // An entry ends with a bar, and the head does.
  answer.fields = (await client.get(key)).split('|').length - 2;
  answer.bytes = await client.call('MEMORY', 'USAGE', key, 'SAMPLES', 0);
  await backend.close();
  client.disconnect();
  return answer;
}

async function timeFilled({ options, calls, step }, backend, consistency, timing) {
  let passed = 0;
  const clock = { now: () => systemClock.now() + passed, after: (...timer) => systemClock.after(...timer) };
  const filler = new CircuitBreakerFactory({ backend, clock, ...options });
  let together = [];
  for (let call = 0; call < calls; call += 1) {
    together.push(filler.breakerFor('window').execute(work));
    // One after the other, or the ends would share a write; those of a window of calls may.
    if (step > 0 || call % 64 === 0) {
      await Promise.all(together);
      together = [];
    }
    passed += step;
  }
  await Promise.all(together);
  // The newest bucket is the present one: the window is as full as it gets.
  passed -= step;
  await filler.close();
  const factory = new CircuitBreakerFactory({ backend, clock, ...options, ...consistency });
  const breaker = factory.breakerFor('window');
  const timed = await timeCalls(() => breaker.execute(work), timing);
  await factory.close();
  return timed;
}
