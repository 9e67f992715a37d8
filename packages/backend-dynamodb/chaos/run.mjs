// Chaos on DynamoDB: processes that count, transition and lock, while they are killed, frozen, cut off, throttled and live by
// wrong clocks. Each writes down what it did in a ledger of its own; afterwards the ledgers are compared with the table.
//
//   node packages/backend-dynamodb/chaos/run.mjs [--seconds 30] [--workers 6] [--seed 1] [--server dynoxide]
//
// It needs a build. Exit 0: nothing was violated; 1: something was, and it is printed.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createCircuitTable, DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { Fleet, readOptions } from '../../../tooling/chaos/fleet.mjs';
import { startDynamoDBFront } from '../../../tooling/servers/dynamodb-front.mjs';
import { startDynamoDB } from '../../../tooling/servers/dynamodb.mjs';
import { faultRule, nextTrouble } from './faults.mjs';

const options = readOptions({ server: { type: 'string' } });
const fleet = new Fleet(options);
const server = await startDynamoDB(options.server === undefined ? {} : { kind: /** @type {any} */ (options.server) });
const client = new DynamoDBClient(server.clientConfig);
const tableName = `circuitry-${randomUUID()}`;
await createCircuitTable(client, { tableName });
const fronts = await Promise.all(Array.from({ length: options.workers }, () => startDynamoDBFront(server.port)));
await fleet.start(new URL('worker.mjs', import.meta.url), (index) => ({
  tableName,
  clientConfig: { ...server.clientConfig, endpoint: fronts[index]?.endpoint },
}));
console.log(`${options.workers} workers on ${server.kind} for ${options.seconds} s, seed ${options.seed}`);

const ofWorkers = new Set(['kill', 'freeze', 'dependency']);
await fleet.trouble(() => {
  const { kind, ms } = nextTrouble(fleet.random);
  const make = (/** @type {number} */ index) => {
    if (ofWorkers.has(kind)) return fleet.troubleWorker(kind, index, ms);
    const front = /** @type {(typeof fronts)[number]} */ (fronts[index]);
    front.faultWhere(faultRule(kind, fleet.random));
    setTimeout(() => front.pass(), ms);
    return undefined;
  };
  return { kind, make };
});
for (const front of fronts) front.pass();
const unended = await fleet.end();

const backend = new DynamoDBBackend({ client, tableName, warn: () => {} });
fleet.report({ counted: (await backend.retrieve('counted')).record, unended });
await Promise.all(fronts.map((front) => front.stop()));
await backend.close();
client.destroy();
await server.close();
