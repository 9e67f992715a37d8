import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createCircuitTable, DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { circuitName } from '@circuitry/core';
import { parse } from 'yaml';
import { startDynamoDBFront } from '../../../tooling/servers/dynamodb-front.mjs';
import { availableServers, startDynamoDB } from '../../../tooling/servers/dynamodb.mjs';
import { costTable } from '../costs.mjs';
import { Instance } from './fleet.mjs';

jest.setTimeout(240_000);

const mail = { tenantId: 'acme', to: 'ada@example.com' };
const name = circuitName('send-mail', 'acme');
// A front of ours, with a time of ours, stands only before servers of ours; only dynoxide charges for indexes as AWS does.
const missing = availableServers().includes('dynoxide') ? null : 'dynoxide is not installed';
const simulated = missing === null ? test : test.skip;
const why = missing === null ? '' : ` (skipped: ${missing})`;

/** @type {Awaited<ReturnType<typeof startDynamoDB>>} */
let server;
/** @type {Awaited<ReturnType<typeof startDynamoDBFront>>} */
let front;
/** @type {DynamoDBClient} */
let client;
/** @type {Set<Instance>} */
const instances = new Set();

beforeAll(async () => {
  if (missing !== null) return;
  server = await startDynamoDB({ kind: 'dynoxide' });
  front = await startDynamoDBFront(server.port);
  client = new DynamoDBClient(server.clientConfig);
});
afterAll(async () => {
  for (const instance of instances) instance.kill();
  if (missing !== null) return;
  client.destroy();
  await front.stop();
  await server.close();
});

/** A table, and the function's instances on it, in one simulated time. */
async function makeFunction() {
  const tableName = `circuitry-${randomUUID()}`;
  await createCircuitTable(client, { tableName });
  /** @type {Instance[]} */
  const own = [];
  let ahead = 0;
  front.faultWhere(() => ({ date: ahead }));
  return {
    /** @param {Record<string, string>} [settings] */
    async start(settings = {}) {
      // A loaded machine takes longer than DynamoDB.
      const surroundings = { TABLE_NAME: tableName, STORAGE_TIMEOUT_MS: '60000' };
      const clientConfig = { ...server.clientConfig, endpoint: front.endpoint };
      const instance = new Instance({ clientConfig, settings: { ...surroundings, ...settings } });
      instances.add(instance);
      own.push(instance);
      await instance.started;
      await instance.ask({ type: 'time', ahead });
      return instance;
    },
    /** Time goes on: by DynamoDB's clock, and by each instance's, frozen or not. @param {number} ms */
    async pass(ms) {
      ahead += ms;
      await Promise.all(own.map((instance) => instance.ask({ type: 'time', ahead })));
    },
    async record() {
      const backend = new DynamoDBBackend({ client, tableName, serverTime: false, warn: () => {} });
      return (await backend.retrieve(name)).record;
    },
    async end() {
      await Promise.all(own.map((instance) => instance.end()));
      for (const instance of own) instances.delete(instance);
      front.pass();
    },
  };
}

/**
 * What some invocations cost, and what became of them.
 *
 * @param {Instance} instance
 * @param {string} title
 * @param {number} calls
 */
async function count(instance, title, calls) {
  const { capacity: before } = await instance.ask({ type: 'invoke', mail, times: 0 });
  const { outcomes, capacity: after } = await instance.ask({ type: 'invoke', mail, times: calls });
  return {
    title,
    calls,
    requests: after.requests - before.requests,
    readUnits: after.readUnits - before.readUnits,
    writeUnits: after.writeUnits - before.writeUnits,
    statuses: [...new Set(outcomes.map(({ status }) => status))],
  };
}

/** Long enough for connections and timers to notice, ms. */
const freeze = 1_500;

simulated(`a function’s life costs what the README says, from its cold start to its recovery${why}`, async () => {
  const life = await makeFunction();
  const instance = await life.start();
  const cold = await count(instance, 'cold start, a circuit’s first call', 1);
  const warm = await count(instance, 'warm', 1_000);
  await instance.ask({ type: 'health', healthy: false });
  const failing = await count(instance, 'warm, failed', 4);
  const tripping = await count(instance, 'the failure that opens the circuit', 1);
  const refused = await count(instance, 'refused', 100);
  await instance.ask({ type: 'health', healthy: true });
  await life.pass(60_000);
  const trial = await count(instance, 'the trial that closes it', 1);
  const after = await count(instance, 'warm again', 10);
  const counted = [cold, warm, failing, tripping, refused, trial];
  expect([...counted, after].map(({ statuses }) => statuses)).toEqual([
    ['sent'],
    ['sent'],
    ['failed'],
    ['failed'],
    ['refused'],
    ['sent'],
    ['sent'],
  ]);
  expect(after).toMatchObject({ requests: 20, readUnits: 10, writeUnits: 10 });
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    .replace(/ +/g, ' ')
    .replace(/-{3,}/g, '---')
    .split('\n');
  for (const row of costTable(counted).split('\n')) expect(readme).toContain(row);
  const { operations } = await instance.ask({ type: 'invoke', mail, times: 0 });
  const template = parse(readFileSync(new URL('../template.yaml', import.meta.url), 'utf8'));
  const [policy] = template.Resources.SendMail.Properties.Policies;
  expect(policy.Statement[0].Action.sort()).toEqual(
    Object.keys(operations)
      .map((each) => `dynamodb:${each}`)
      .sort(),
  );
  await life.end();
});

simulated(`an instance that was frozen for 20 s, or for 10 minutes, goes on as if nothing had been${why}`, async () => {
  const life = await makeFunction();
  const instance = await life.start();
  await count(instance, 'before', 5);
  for (const ms of [20_000, 600_000]) {
    instance.freeze();
    await new Promise((resolve) => setTimeout(resolve, freeze));
    instance.thaw();
    await life.pass(ms);
    expect(await count(instance, 'thawed', 5)).toMatchObject({
      requests: 10,
      readUnits: 5,
      writeUnits: 5,
      statuses: ['sent'],
    });
  }
  expect((await life.record())?.counters).toMatchObject({ 'total.successes': 15 });
  await life.end();
});

simulated(`an instance that slept through an outage is refused by what the others found out${why}`, async () => {
  const life = await makeFunction();
  const [sleeper, awake] = await Promise.all([life.start(), life.start()]);
  await count(sleeper, 'before', 1);
  sleeper.freeze();
  await awake.ask({ type: 'health', healthy: false });
  await count(awake, 'failing', 5);
  sleeper.thaw();
  expect(await count(sleeper, 'thawed', 1)).toMatchObject({ requests: 1, writeUnits: 0, statuses: ['refused'] });
  await life.end();
});

simulated(`parallel instances count together, each call once${why}`, async () => {
  const life = await makeFunction();
  const fleet = await Promise.all([0, 1, 2, 3].map(() => life.start()));
  const counted = await Promise.all(fleet.map((instance) => count(instance, 'together', 50)));
  for (const { statuses } of counted) expect(statuses).toEqual(['sent']);
  expect((await life.record())?.counters).toMatchObject({ 'total.successes': 200 });
  await life.end();
});

simulated(`a deploy with other settings shares the circuits of the version before${why}`, async () => {
  const life = await makeFunction();
  const old = await life.start({ FAILURES: '5', ALLOW_AFTER_MS: '60000' });
  await old.ask({ type: 'health', healthy: false });
  await count(old, 'failing', 2);
  const next = await life.start({ FAILURES: '3', ALLOW_AFTER_MS: '30000' });
  await next.ask({ type: 'health', healthy: false });
  // The old version's two failures count, by the new one's rule.
  expect((await count(next, 'the third', 1)).statuses).toEqual(['failed']);
  expect((await count(old, 'refused', 1)).statuses).toEqual(['refused']);
  await life.pass(30_000);
  for (const instance of [old, next]) await instance.ask({ type: 'health', healthy: true });
  expect((await count(old, 'the trial', 1)).statuses).toEqual(['sent']);
  expect((await count(next, 'closed', 1)).statuses).toEqual(['sent']);
  expect((await life.record())?.state).toBe('closed');
  await life.end();
});
