// Chaos on DynamoDB: processes that count, transition and lock, while they are killed, frozen, cut off, throttled and live by
// wrong clocks. Each writes down what it did in a ledger of its own; afterwards the ledgers are compared with the table.
//
//   node packages/backend-dynamodb/chaos/run.mjs [--seconds 30] [--workers 6] [--seed 1] [--server dynoxide]
//
// It needs a build. Exit 0: nothing was violated; 1: something was, and it is printed.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createCircuitTable, DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { startDynamoDBFront } from '../../../tooling/servers/dynamodb-front.mjs';
import { startDynamoDB } from '../../../tooling/servers/dynamodb.mjs';
import { check } from './check.mjs';
import { faultRule, makeRandom, nextTrouble } from './faults.mjs';
import { readLedgers } from './ledger.mjs';
import { Worker } from './worker-process.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    workers: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    server: { type: 'string' },
  },
});
const random = makeRandom(Number(values.seed));
/** How far the workers' clocks are off, ms, in turn. */
const skews = [0, 300_000, -300_000, 0, 3_000, -20_000];

const server = await startDynamoDB(values.server === undefined ? {} : { kind: /** @type {any} */ (values.server) });
const folder = mkdtempSync(join(tmpdir(), 'circuitry-chaos-'));
const client = new DynamoDBClient(server.clientConfig);
const tableName = `circuitry-${randomUUID()}`;
await createCircuitTable(client, { tableName });

const count = Number(values.workers);
const fronts = await Promise.all(Array.from({ length: count }, () => startDynamoDBFront(server.port)));
const workers = fronts.map(
  (front, index) =>
    new Worker({
      name: `worker-${index}`,
      folder,
      tableName,
      clientConfig: { ...server.clientConfig, endpoint: front.endpoint },
      skew: skews[index % skews.length] ?? 0,
    }),
);
await Promise.all(workers.map((worker) => worker.ready()));
console.log(`${count} workers on ${server.kind} for ${values.seconds} s, seed ${values.seed}`);

/** @type {Record<string, number>} */
const troubles = {};
const endsAt = Date.now() + Number(values.seconds) * 1_000;
while (Date.now() < endsAt) {
  const index = Math.floor(random() * count);
  const trouble = nextTrouble(random);
  troubles[trouble.kind] = (troubles[trouble.kind] ?? 0) + 1;
  const worker = /** @type {Worker} */ (workers[index]);
  const front = /** @type {(typeof fronts)[number]} */ (fronts[index]);
  if (trouble.kind === 'kill') await worker.killAndRestart();
  else if (trouble.kind === 'freeze') worker.freezeFor(trouble.ms);
  else if (trouble.kind === 'dependency') for (const each of workers) each.setHealth(random() < 0.5);
  else {
    front.faultWhere(faultRule(trouble.kind, random));
    setTimeout(() => front.pass(), trouble.ms);
  }
  await new Promise((resolve) => setTimeout(resolve, 200 + random() * 800));
}
for (const front of fronts) front.pass();
for (const each of workers) each.setHealth(true);
const unended = (await Promise.all(workers.map((worker) => worker.end()))).filter((isEnded) => !isEnded).length;

const backend = new DynamoDBBackend({ client, tableName, warn: () => {} });
const { summary, violations } = check(readLedgers(folder), (await backend.retrieve('counted')).record);
if (unended > 0) violations.push(`${unended} workers did not end within their time: a call never settled`);
console.log('troubles:', troubles);
console.log('done:', summary);
for (const violation of violations.slice(0, 50)) console.log('VIOLATED', violation);
console.log(violations.length === 0 ? 'nothing was violated' : `${violations.length} violations`);

await Promise.all(fronts.map((front) => front.stop()));
await backend.close();
client.destroy();
await server.close();
if (violations.length === 0) rmSync(folder, { recursive: true });
else console.log(`the ledgers are in ${folder}`);
process.exitCode = violations.length === 0 ? 0 : 1;
