import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DynamoDBBackend, createCircuitTable } from '@circuitry/backend-dynamodb';
import { countSent } from './support/interpose.js';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

const section =
  readFileSync(new URL('../../../docs/dynamodb.md', import.meta.url), 'utf8').split('## Permissions\n')[1] ?? '';

/** The policy of docs/dynamodb.md. */
const policy = JSON.parse(/```json\n([^]*?)```/.exec(section)?.[1] ?? '') as { Statement: { Action: string[] }[] };

describeOnEachServer('a worker', (server) => {
  let table: TestTable;
  const sent = new Set<string>();

  beforeEach(async () => {
    table = await makeTable(server());
    sent.clear();
  });
  afterEach(() => table.drop());

  test('asks for what the documented policy allows, and needs all of it', async () => {
    const client = table.client();
    countSent(client, (operation) => sent.add(`dynamodb:${operation}`));
    const backend = new DynamoDBBackend({ client, ...table.options });
    await backend.store('acme', null, recordOf(1), longTtl);
    await backend.apply('acme', 1, { add: { n: 1 } }, longTtl);
    await backend.apply('acme', 2, { add: { n: 1 } }, longTtl);
    await backend.retrieve('acme');
    const lease = await backend.lock('acme', { lease: 60_000 });
    await lease.extend(60_000);
    await lease.release();
    await table.damage('acme', '.n', { N: '0.5' });
    await expect(backend.apply('acme', 1, {}, longTtl)).rejects.toThrow('"counters.n"');
    await backend.delete('acme');
    const [worker, operator] = policy.Statement.map(({ Action }) => Action);
    expect([...sent].sort()).toEqual([...(worker ?? [])].sort());
    for await (const _entry of backend.list()) continue;
    await backend.store('open', null, recordOf(1, { state: 'open', expiresAt: 9 }), longTtl);
    for await (const _entry of backend.list({ only: 'troubled' })) continue;
    expect([...sent].filter((action) => !(worker ?? []).includes(action)).sort()).toEqual([...(operator ?? [])].sort());
  });

  test('that makes the table asks for what is documented too', async () => {
    const client = table.client();
    countSent(client, (operation) => sent.add(operation));
    const tableName = `${table.tableName}-new`;
    await createCircuitTable(client, { tableName, tags: { team: 'queue' } });
    await createCircuitTable(client, { tableName, tags: { team: 'queue' } });
    // What no emulator knows is refused after it was asked for.
    await createCircuitTable(client, { tableName, pointInTimeRecovery: true }).catch(() => null);
    const documented = new Set(section.split('\n## ')[0]?.match(/(?<=[`:])[A-Z][A-Za-z]+(?=`)/g));
    expect([...sent].filter((operation) => !documented.has(operation))).toEqual([]);
    await new DynamoDBBackend({ client, tableName }).retrieve('acme');
    await table.drop();
    table = await makeTable(server());
  });
});
