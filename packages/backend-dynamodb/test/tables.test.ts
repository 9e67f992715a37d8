import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { circuitTableDefinition, createCircuitTable, DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';

const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' }) as const;
const index = {
  IndexName: 'troubled',
  KeySchema: [
    { AttributeName: 'troubled', KeyType: 'HASH' },
    { AttributeName: 'troubledName', KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'KEYS_ONLY' },
} as const;

describe('circuitTableDefinition', () => {
  test('is an on-demand table with one key and a ttl where nothing else is said', () => {
    expect(circuitTableDefinition()).toEqual({
      TableName: 'circuitry',
      AttributeDefinitions: ['id', 'troubled', 'troubledName'].map(text),
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [index],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
  });

  test('says all that it is told', () => {
    const definition = circuitTableDefinition({
      tableName: 'app',
      partitionKey: 'PK',
      sortKey: 'SK',
      ttlAttribute: 'expires',
      provisionedThroughput: { readCapacityUnits: 10, writeCapacityUnits: 20 },
      troubledIndex: 'open-circuits',
      indexThroughput: { readCapacityUnits: 1, writeCapacityUnits: 5 },
      tags: { team: 'queue' },
      pointInTimeRecovery: true,
    });
    expect(definition).toEqual({
      TableName: 'app',
      AttributeDefinitions: ['PK', 'SK', 'troubled', 'troubledName'].map(text),
      KeySchema: [
        { AttributeName: 'PK', KeyType: 'HASH' },
        { AttributeName: 'SK', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          ...index,
          IndexName: 'open-circuits',
          ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 5 },
        },
      ],
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 20 },
      Tags: [{ Key: 'team', Value: 'queue' }],
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    expect(JSON.parse(JSON.stringify(definition))).toEqual(definition);
  });

  test('has no index where none is wanted, and one with the table’s units where no others are given', () => {
    const plain = circuitTableDefinition({ troubledIndex: false });
    expect(plain.GlobalSecondaryIndexes).toBeUndefined();
    expect(plain.AttributeDefinitions).toEqual([text('id')]);
    const provisionedThroughput = { readCapacityUnits: 3, writeCapacityUnits: 4 };
    expect(circuitTableDefinition({ provisionedThroughput }).GlobalSecondaryIndexes?.[0]).toMatchObject({
      ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
    });
  });

  test('refuses a provisioned table without units, and units for an on-demand one', () => {
    const invalid = expect.objectContaining({ code: 'ERR_INVALID_SETTINGS' });
    expect(() => circuitTableDefinition({ billingMode: 'PROVISIONED' })).toThrow(invalid);
    const provisionedThroughput = { readCapacityUnits: 1, writeCapacityUnits: 1 };
    expect(() => circuitTableDefinition({ billingMode: 'PAY_PER_REQUEST', provisionedThroughput })).toThrow(invalid);
  });
});

describeOnEachServer('createCircuitTable', (server, kind) => {
  let client: DynamoDBClient;
  let tableName: string;

  beforeEach(() => {
    client = new DynamoDBClient(server().clientConfig);
    tableName = `circuitry-${randomUUID()}`;
  });
  afterEach(async () => {
    await client.send(new DeleteTableCommand({ TableName: tableName })).catch(() => null);
    client.destroy();
  });

  test('makes a table that a backend works with at once', async () => {
    await createCircuitTable(client, { tableName });
    const backend = new DynamoDBBackend({ client, tableName });
    expect((await backend.store('acme', null, recordOf(1), longTtl)).applied).toBe(true);
  });

  test('may be repeated, and called by several processes at once', async () => {
    const processes = Array.from({ length: 4 }, () => createCircuitTable(client, { tableName }));
    await Promise.all(processes);
    await createCircuitTable(client, { tableName });
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    expect(Table?.TableStatus).toBe('ACTIVE');
  });

  test('sets billing and tags, and adds tags to a table that exists', async () => {
    const provisionedThroughput = { readCapacityUnits: 3, writeCapacityUnits: 4 };
    const options = { tableName, provisionedThroughput };
    await createCircuitTable(client, { ...options, tags: { team: 'queue' } });
    await createCircuitTable(client, { ...options, tags: { stage: 'test' } });
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    expect(Table?.ProvisionedThroughput).toMatchObject({ ReadCapacityUnits: 3, WriteCapacityUnits: 4 });
    const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: Table?.TableArn }));
    const stage = { Key: 'stage', Value: 'test' };
    // dynalite forgets the tags that a table is made with.
    const expected = kind === 'dynalite' ? [stage] : [{ Key: 'team', Value: 'queue' }, stage];
    expect(Tags).toHaveLength(expected.length);
    expect(Tags).toEqual(expect.arrayContaining(expected));
  });

  test('takes keys of the user’s naming', async () => {
    const layout = { tableName, partitionKey: 'PK', sortKey: 'SK', ttlAttribute: 'expires' };
    await createCircuitTable(client, { ...layout });
    const backend = new DynamoDBBackend({ client, ...layout });
    expect((await backend.store('acme', null, recordOf(1), longTtl)).applied).toBe(true);
  });

  test('refuses a table that has another key, and says which', async () => {
    await createCircuitTable(client, { tableName, partitionKey: 'PK', sortKey: 'SK' });
    await expect(createCircuitTable(client, { tableName })).rejects.toMatchObject({
      code: 'ERR_STORAGE',
      retriable: false,
      message: expect.stringMatching(
        /its key is partition key "PK" \(S\), sort key "SK" \(S\), .* set to partition key "id" \(S\), no sort key/,
      ),
    });
  });

  test('refuses a table whose key is of another type', async () => {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    await expect(createCircuitTable(client, { tableName })).rejects.toThrow(/its key is partition key "id" \(N\)/);
  });

  test('a backend set to another key is told so by its first call', async () => {
    await createCircuitTable(client, { tableName, partitionKey: 'PK', sortKey: 'SK' });
    await expect(new DynamoDBBackend({ client, tableName }).retrieve('acme')).rejects.toMatchObject({
      code: 'ERR_STORAGE',
      retriable: false,
      message: expect.stringMatching(/set partitionKey and sortKey to the table’s/),
    });
  });

  test('that was never called, or for another region only: a backend’s first call is told so', async () => {
    const elsewhere = new DynamoDBBackend({ client, tableName });
    // One after the other: a rejection that nobody awaits yet would fail the test.
    const calls = [() => elsewhere.retrieve('acme'), () => elsewhere.store('acme', null, recordOf(1), longTtl)];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: 'ERR_STORAGE',
        retriable: false,
        ambiguous: false,
        message: expect.stringMatching(
          /no table ".*" in .*, or it is not ACTIVE .*createCircuitTable\(\).* client’s region/,
        ),
      });
    }
  });

  if (kind !== 'dynalite') {
    test('turns the deletion of expired items on', async () => {
      await createCircuitTable(client, { tableName });
      const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }));
      expect(TimeToLiveDescription).toMatchObject({
        AttributeName: 'ttl',
        TimeToLiveStatus: expect.stringMatching(/ENABL/),
      });
    });

    test('refuses a table that deletes items by another attribute', async () => {
      await createCircuitTable(client, { tableName, timeToLive: false });
      const specification = { AttributeName: 'expires', Enabled: true };
      await client.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification: specification }));
      await expect(createCircuitTable(client, { tableName })).rejects.toThrow(
        /by the attribute "expires".*set ttlAttribute/,
      );
    });
  } else {
    test('takes a server as it is that knows no time to live: an emulator', async () => {
      await createCircuitTable(client, { tableName });
      await createCircuitTable(client, { tableName });
      const backend = new DynamoDBBackend({ client, tableName });
      expect((await backend.store('acme', null, recordOf(1), longTtl)).applied).toBe(true);
    });
  }

  if (kind !== 'endpoint') {
    test('says so where the server knows no point-in-time recovery: no emulator does', async () => {
      const making = createCircuitTable(client, { tableName, pointInTimeRecovery: true });
      await expect(making).rejects.toThrow(/does not know DescribeContinuousBackups/);
    });
  }
});
