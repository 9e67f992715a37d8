import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDBBackend, recommendedClient } from '@circuitry/backend-dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  availableServers,
  startDynamoDB,
  whyUnavailable,
  type DynamoDBServer,
} from '../../../tooling/servers/dynamodb.mjs';
import { denying, type DenyingServer } from './support/denying-server.js';
import { fill, openRecord, recordOf } from './support/records.js';
import { ended, useProgram } from './support/program.js';

const reason = availableServers().length === 0 ? whyUnavailable('dynoxide') : null;
const describeOnDynamoDB = reason === null ? describe : describe.skip;

describeOnDynamoDB(`the command on DynamoDB${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  const program = useProgram();
  const env = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'us-east-1' };
  let server: DynamoDBServer;
  let client: DynamoDBClient;
  let backend: DynamoDBBackend;
  let endpoint: string;
  let proxy: DenyingServer | undefined;

  beforeAll(async () => {
    server = await startDynamoDB();
    endpoint = server.endpoint;
    client = new DynamoDBClient({ ...recommendedClient(), ...server.clientConfig });
    backend = new DynamoDBBackend({ client, tableName: 'circuits' });
  });
  afterAll(async () => {
    await proxy?.close();
    await backend?.close();
    client?.destroy();
    await server?.close();
  });

  const run = (...words: string[]) =>
    program.run([...words, '--dynamodb', 'circuits', '--endpoint', endpoint], { env });
  const linesOf = (out: string) =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  test('table describe ends with 3 before table create made it, and describes it afterwards', async () => {
    expect(await run('table', 'describe')).toMatchObject({ code: 3, out: '' });
    const plan = await run('table', 'create', '--dry-run');
    expect(JSON.parse(plan.out)).toMatchObject({ TableName: 'circuits', TimeToLiveSpecification: { Enabled: true } });
    expect((await run('table', 'describe')).code).toBe(3);
    expect(await run('table', 'create')).toMatchObject({ code: 0, err: '' });
    expect(await run('table', 'create')).toMatchObject({ code: 0, err: '' });
    const { code, out } = await run('table', 'describe', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ TableName: 'circuits', TableStatus: 'ACTIVE' });
  });

  test('list, open, release and reset work as on any store', async () => {
    await fill(backend, { 'a/1': openRecord(60_000), 'a/2': recordOf(), 'b/1': recordOf() });
    const listing = await run('list', '--json', '--prefix', 'a/');
    expect(linesOf(listing.out).map(({ name, state }) => [name, state])).toEqual([
      ['a/1', 'open'],
      ['a/2', 'closed'],
    ]);
    expect(await run('open', 'b/1', '--yes', '--reason', 'INC-7')).toMatchObject({ code: 0, out: 'b/1: done\n' });
    expect((await backend.retrieve('b/1')).record?.override).toMatchObject({ state: 'open', reason: 'INC-7' });
    expect((await run('release', '--prefix', '', '--yes')).out).toBe('b/1: done\n');
    expect((await run('reset', 'a/1', '--yes')).code).toBe(0);
    expect((await backend.retrieve('a/1')).record?.state).toBe('closed');
  });

  test('show, trip and close too, with the exit codes of any store', async () => {
    await fill(backend, { 's/1': openRecord(60_000), 's/2': recordOf() });
    const shown = await run('show', 's/1', '--json');
    expect([shown.code, linesOf(shown.out)[0]]).toMatchObject([0, { name: 's/1', state: 'open' }]);
    expect(await run('show', 'nobody')).toMatchObject({ code: 3, out: '' });
    expect((await run('trip', 's/2', '--for', '10m')).code).toBe(2);
    expect(await run('trip', 's/2', '--for', '10m', '--yes')).toMatchObject({ code: 0, out: 's/2: done\n' });
    expect((await backend.retrieve('s/2')).record).toMatchObject({ state: 'open', override: null });
    expect(await run('close', 's/2', '--yes', '--reason', 'INC-8')).toMatchObject({ code: 0 });
    expect((await backend.retrieve('s/2')).record?.override).toMatchObject({ state: 'closed', reason: 'INC-8' });
    expect((await run('list', '--prefix', 'none/')).code).toBe(3);
    expect((await run('lisst')).code).toBe(2);
  });

  test('a DynamoDB that is down ends each verb with 1, and says where it was looked for', async () => {
    for (const verb of [
      ['list'],
      ['show', 'x'],
      ['open', 'x', '--yes'],
      ['watch'],
      ['doctor'],
      ['table', 'describe'],
    ]) {
      const words = [...verb, '--dynamodb', 'circuits', '--endpoint', 'http://127.0.0.1:1', '--timeout', '1s'];
      const { code, out, err } = await program.run(words, { env });
      expect([verb[0], code]).toEqual([verb[0], 1]);
      expect(`${out}${err}`).toMatch(/ECONNREFUSED|no answer within/);
      expect(`${out}${err}`).toContain('circuits');
    }
  });

  test('watch says that it polls, and sees what began and ended', async () => {
    const words = ['watch', '--every', '100ms', '--count', '2', '--json', '--prefix', 'w/'];
    const child = program.start([...words, '--dynamodb', 'circuits', '--endpoint', endpoint], { env });
    const end = ended(child);
    await new Promise<void>((resolve) =>
      child.stderr?.on('data', (text: Buffer) => void (text.includes('does not push') && resolve())),
    );
    await backend.store('w/1', null, openRecord(60_000), { ttl: 60_000 });
    // Only once it was seen open: what begins and ends between two looks is not seen, as the command says.
    await new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
    await backend.store('w/1', 1_000, recordOf({ revision: 2_000 }), { ttl: 60_000 });
    const { code, out, err } = await end;
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('asked every 100 ms') });
    expect(linesOf(out).map(({ name, from, to }) => [name, from, to])).toEqual([
      ['w/1', 'closed', 'open'],
      ['w/1', 'open', 'closed'],
    ]);
  });

  test('doctor looks at the table: key, index, time to live, clock, rights', async () => {
    const { code, out } = await run('doctor', '--json');
    expect(code).toBe(0);
    const found = Object.fromEntries(linesOf(out).map(({ check, outcome }) => [check, outcome]));
    expect(found).toMatchObject({
      reachable: 'ok',
      table: 'ok',
      key: 'ok',
      rights: 'ok',
      push: 'ok',
      'server’s clock': 'ok',
    });
    expect(found).toHaveProperty('index');
    expect(found).toHaveProperty('time to live');
  });

  test('doctor names each action that the credentials lack', async () => {
    proxy = await denying(endpoint, ['UpdateItem', 'Scan', 'Query']);
    const { code, out } = await program.run(['doctor', '--dynamodb', 'circuits', '--endpoint', proxy.url], { env });
    expect(code).toBe(1);
    expect(out).toMatch(/rights: missing: dynamodb:Scan, dynamodb:Query on index\/\S+, dynamodb:UpdateItem\n/);
    expect(out).toMatch(/Allow dynamodb:Scan, .*dynamodb:UpdateItem on the table circuits/);
  });

  test('a table that there is not is a fault of the store', async () => {
    const words = ['list', '--dynamodb', 'nowhere', '--endpoint', endpoint];
    expect(await program.run(words, { env })).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('there is no table "nowhere"'),
    });
  });
});
