import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { runScript, script } from './script.mjs';

const stateKey = 'gobreaker:state:hot';
const mutexKey = 'gobreaker:mutex:hot';
/** As gobreaker v2 and its redsync are set: s, tries, ms, ms, ms. */
const mutexExpiry = 5;
const tries = 32;
const shortestPause = 50;
const longestPause = 250;
const mutexWait = 500;

const release = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`);

const emptyCounts = {
  Requests: 0,
  TotalSuccesses: 0,
  TotalFailures: 0,
  ConsecutiveSuccesses: 0,
  ConsecutiveFailures: 0,
};
const emptyState = { state: 0, generation: 0, age: 0, counts: emptyCounts, buckets: [], start: zero(), expiry: zero() };

/** gobreaker v2's DistributedCircuitBreaker: the state is read before the lock is taken, so it loses counts. */
export const gobreaker = {
  id: 'gobreaker',
  name: 'gobreaker v2, distributed',
  commands:
    '`GET` state, then `SET mutex … EX 5 NX`, the work, `SET` state, `EVALSHA` delete of the mutex. Who does not get the mutex sends the `EVALSHA` delete too (redsync), and asks again after 50 to 250 ms, 32 times, then once more after 500 ms',
  async open(client) {
    await client.script('LOAD', release.lua);
    // Its constructor writes the first state.
    await client.setnx(stateKey, JSON.stringify(emptyState));
    return {
      async call(isOver) {
        const state = JSON.parse(await client.get(stateKey));
        const token = await lock(client, isOver);
        if (token === null) return false;
        if (state.state !== 0) throw new Error('it is not closed');
        await work();
        await client.set(stateKey, JSON.stringify({ ...state, counts: withSuccess(state.counts) }));
        await runScript(client, release, [mutexKey], [token]);
        return true;
      },
      clear: () => client.set(stateKey, JSON.stringify(emptyState)),
    };
  },
  async counted(client) {
    return JSON.parse(await client.get(stateKey)).counts.Requests;
  },
};

/** The mutex's token, or null once the time is over. */
async function lock(client, isOver) {
  for (;;) {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      if (attempt > 0) await pause(shortestPause + Math.random() * (longestPause - shortestPause));
      const token = randomBytes(16).toString('base64');
      if ((await client.set(mutexKey, token, 'EX', mutexExpiry, 'NX')) === 'OK') return token;
      await runScript(client, release, [mutexKey], [token]);
      if (isOver()) return null;
    }
    await pause(mutexWait);
  }
}

function withSuccess(counts) {
  return {
    ...counts,
    Requests: counts.Requests + 1,
    TotalSuccesses: counts.TotalSuccesses + 1,
    ConsecutiveSuccesses: counts.ConsecutiveSuccesses + 1,
    ConsecutiveFailures: 0,
  };
}

function zero() {
  return '0001-01-01T00:00:00Z';
}

async function work() {}
