import { CircuitBreakerFactory, failureRate } from '@circuitry/core';
import { RedisBackend } from '@circuitry/backend-redis';
import { runScript, script } from '../hot-circuit/protocols/script.mjs';

const ttl = 86_400_000;
const work = async () => 42;

const bareApply = script(`
if redis.call('HGET', KEYS[1], 'revision') ~= ARGV[1] then return redis.call('HGETALL', KEYS[1]) end
redis.call('HINCRBY', KEYS[1], '#total.successes', 1)
redis.call('HINCRBY', KEYS[1], '#consecutive.successes', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('HGETALL', KEYS[1])`);
const bareRead = script(`return redis.call('HGETALL', KEYS[1])`);
const compareAndSet = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`);
const unlock = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`);

/** Like ours, none of the others has to find out first that the server doesn't know its script. */
export async function loadScripts(client) {
  for (const { lua } of [bareApply, bareRead, compareAndSet, unlock]) await client.script('LOAD', lua);
}

const counts = { 'total.successes': 812, 'total.failures': 3, 'consecutive.failures': 0, 'consecutive.successes': 17 };
const fields = { format: 1, revision: 1, state: 'closed', generation: 0, openings: 0, since: 0, by: '1k3j2h5g4-2f' };
const json = JSON.stringify({ ...fields, counters: counts });
const withSuccess = (text) => {
  const record = JSON.parse(text);
  record.counters['total.successes'] += 1;
  record.counters['consecutive.successes'] += 1;
  return JSON.stringify(record);
};

/** What others would do for a call: each is given one tenant's name, and makes no use of what it knows of the one before. */
const protocols = [
  {
    id: 'bare-pair',
    name: '`HGETALL`, then the barest script that compares, adds twice and answers',
    prepare: (client, name) => prepareHash(client, `bare:{${name}}`),
    async call(client, name) {
      const key = `bare:{${name}}`;
      await client.hgetall(key);
      await runScript(client, bareApply, [key], ['1', ttl]);
    },
  },
  {
    id: 'hgetall',
    name: '`HGETALL` alone',
    prepare: (client, name) => prepareHash(client, `alone:{${name}}`),
    call: (client, name) => client.hgetall(`alone:{${name}}`),
  },
  {
    id: 'compare-and-set',
    name: '`GET` JSON, compare and set it',
    prepare: (client, name) => client.set(`json:{${name}}`, json, 'PX', ttl),
    async call(client, name) {
      const key = `json:{${name}}`;
      const before = await client.get(key);
      await runScript(client, compareAndSet, [key], [before, withSuccess(before), ttl]);
    },
  },
  {
    id: 'lock',
    name: 'lock, `GET` JSON, `SET` it, unlock',
    prepare: (client, name) => client.set(`locked:{${name}}`, json, 'PX', ttl),
    async call(client, name) {
      const key = `locked:{${name}}`;
      await client.set(`${key}:lock`, 'token', 'PX', 10_000, 'NX');
      await client.set(key, withSuccess(await client.get(key)), 'PX', ttl);
      await runScript(client, unlock, [`${key}:lock`], ['token']);
    },
  },
  {
    id: 'gobreaker',
    name: "gobreaker v2's: `GET` JSON, lock, `SET` it, unlock",
    prepare: (client, name) => client.set(`gobreaker:{${name}}`, json, 'PX', ttl),
    async call(client, name) {
      const key = `gobreaker:{${name}}`;
      const before = await client.get(key);
      await client.set(`${key}:mutex`, 'token', 'EX', 5, 'NX');
      await client.set(key, withSuccess(before));
      await runScript(client, unlock, [`${key}:mutex`], ['token']);
    },
  },
  {
    id: 'bare-scripts',
    name: 'two of the barest scripts that answer a hash',
    prepare: (client, name) => prepareHash(client, `scripts:{${name}}`),
    async call(client, name) {
      const key = `scripts:{${name}}`;
      await runScript(client, bareRead, [key], []);
      await runScript(client, bareRead, [key], []);
    },
  },
];

const windowOf = (buckets) => ({
  trip: failureRate({ threshold: 0.9, minimumCalls: 1_000_000, window: '60s', buckets }),
});

/** Ours, by options. */
const circuits = [
  { id: 'ours', name: '**a strict call**', options: {} },
  { id: 'ours-refused', name: '**a refused call**', options: {}, isRefused: true },
  { id: 'ours-1', name: '**a strict call, window of 60 s in 1 bucket**', options: windowOf(1) },
  { id: 'ours-10', name: '**a strict call, window of 60 s in 10 buckets**', options: windowOf(10) },
  { id: 'ours-100', name: '**a strict call, window of 60 s in 100 buckets**', options: windowOf(100) },
];

/** @param client that the others speak over; ours opens a connection with its options */
export function contestantsOn(client) {
  return [...protocolsOn(client), ...circuits.map((circuit) => ours(circuit, client))];
}

/** The others alone. */
export function protocolsOn(client) {
  return protocols.map(({ id, name, prepare, call }) => ({
    id,
    name,
    prepare: (tenant) => prepare(client, tenant),
    call: (tenant) => call(client, tenant),
    close: async () => {},
  }));
}

function ours({ id, name, options, isRefused = false }, client) {
  const backend = new RedisBackend({ client, prefix: id });
  const nameFor = (_, tenant) => tenant;
  const factory = new CircuitBreakerFactory({ backend, nameFor, onStorageFailure: 'throw', ...options });
  return {
    id,
    name,
    hasWindow: 'trip' in options,
    prepare: (tenant) =>
      isRefused
        ? factory.breakerFor('job', tenant).forceOpen({ reason: 'measured' })
        : factory.breakerFor('job', tenant).execute(work),
    async call(tenant) {
      const { status } = await factory.breakerFor('job', tenant).settle(work);
      if (status !== (isRefused ? 'refused' : 'fulfilled')) throw new Error(`${id}: ${status}`);
    },
    async close() {
      await factory.close();
      await backend.close();
    },
  };
}

function prepareHash(client, key) {
  return client.hset(key, {
    ...fields,
    ...Object.fromEntries(Object.entries(counts).map(([name, value]) => [`#${name}`, value])),
  });
}
