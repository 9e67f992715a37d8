import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCircuitTable } from '@circuitry/backend-dynamodb';
import { startReplyServer, type Reply, type ReplyServer } from './support/reply-server.js';
import { backups, json, tableIn, timeToLiveOff } from './support/table-replies.js';

let server: ReplyServer;
beforeAll(async () => {
  server = await startReplyServer();
});
afterAll(() => server.close());

const whole = { ...tableIn('ACTIVE'), TableArn: 'arn:aws:dynamodb:eu-central-1:1:table/circuits' };
const absent: Reply = { status: 400, error: 'ResourceNotFoundException' };
const table = json({ Table: whole });
const ttlOn = json({ TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true } });

/** What DynamoDB answers up to each request of a table's making. */
const ways: readonly (readonly [string, readonly Reply[]])[] = [
  ['DescribeTable', []],
  ['CreateTable', [absent]],
  ['UpdateTable', [json({ Table: { ...whole, GlobalSecondaryIndexes: [] } })]],
  ['TagResource', []],
  ['DescribeTimeToLive', [table]],
  ['UpdateTimeToLive', [table, timeToLiveOff]],
  ['DescribeContinuousBackups', [table, timeToLiveOff, ttlOn]],
  ['UpdateContinuousBackups', [table, timeToLiveOff, ttlOn, backups('DISABLED')]],
];

async function refusalOf(operation: string, before: readonly Reply[], odd: Reply): Promise<unknown> {
  const isTagging = operation === 'TagResource';
  server.answerWith(...(isTagging ? [table] : before), odd);
  const tags = isTagging ? { tags: { team: 'mail' } } : {};
  const options = { ...tags, tableName: 'circuits', pointInTimeRecovery: true, timeLimit: '20s' } as const;
  const refusal: unknown = await createCircuitTable(server.client({ maxAttempts: 2 }), options).then(
    () => new Error('it was believed'),
    (reason: unknown) => reason,
  );
  expect(server.operations.at(-1)).toBe(operation);
  return refusal;
}

describe.each(ways)('A success that a stranger answers to %s', (operation, before) => {
  test.each([
    ['an empty page', '', { 'content-type': 'text/html' }],
    ['an empty body of no type', '', { 'content-type': '' }],
    ['an object without anything', '{}', { 'content-type': 'application/json' }],
    ['null', 'null', { 'content-type': 'text/plain' }],
    ['a page of words', '<html>Please log in</html>', { 'content-type': 'text/html', server: 'squid/6.6' }],
    ['what DynamoDB would say, but for its type', JSON.stringify({ Table: whole }), { 'content-type': 'text/html' }],
  ])('is refused by name: %s', async (_, body, headers) => {
    expect(await refusalOf(operation, before, { status: 200, body, headers })).toMatchObject({
      code: 'ERR_STORAGE',
      retriable: true,
      message: expect.stringMatching(
        new RegExp(`^${operation} on table "circuits" .*HTTP status 200.*Check the endpoint, and what stands between`),
      ) as unknown,
    });
  });
});

/** Bodies of DynamoDB's own type that say what DynamoDB never says. */
const odd: readonly (readonly [string, unknown])[] = [
  ...[{}, { Table: null }, { Table: 'circuits' }, { Table: [] }].map((body) => ['DescribeTable', body] as const),
  ...[
    { TableStatus: undefined },
    { TableStatus: 7 },
    { KeySchema: {} },
    { KeySchema: 'id' },
    { KeySchema: [null] },
    { KeySchema: [7] },
    { KeySchema: [{ AttributeName: { S: 'id' }, KeyType: 'HASH' }] },
    { AttributeDefinitions: {} },
    { AttributeDefinitions: [null] },
    { GlobalSecondaryIndexes: {} },
    { GlobalSecondaryIndexes: 'troubled' },
    { GlobalSecondaryIndexes: [7] },
    { GlobalSecondaryIndexes: [{ IndexName: 'troubled', IndexStatus: 'ACTIVE', KeySchema: 7 }] },
    { GlobalSecondaryIndexes: [{ IndexName: 'troubled', IndexStatus: {}, KeySchema: [] }] },
  ].map((part) => ['DescribeTable', { Table: { ...whole, ...part } }] as const),
  ['DescribeTimeToLive', {}],
  ['DescribeTimeToLive', { TimeToLiveDescription: 'ENABLED' }],
  ['DescribeTimeToLive', { TimeToLiveDescription: { TimeToLiveStatus: 7 } }],
  ['DescribeTimeToLive', { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: {} } }],
  ['UpdateTimeToLive', {}],
  ['UpdateTimeToLive', { TimeToLiveSpecification: null }],
  ['UpdateTimeToLive', { TimeToLiveSpecification: { AttributeName: 'expires', Enabled: false } }],
  ['DescribeContinuousBackups', {}],
  ['DescribeContinuousBackups', { ContinuousBackupsDescription: [] }],
  ['UpdateContinuousBackups', {}],
  ['UpdateContinuousBackups', { ContinuousBackupsDescription: 7 }],
];

test.each(odd)('An answer to %s that is none of DynamoDB’s is refused by name: %j', async (operation, body) => {
  const before = ways.find(([name]) => name === operation)?.[1] ?? [];
  expect(await refusalOf(operation, before, json(body))).toMatchObject({
    code: 'ERR_STORAGE',
    message: expect.stringMatching(
      new RegExp(
        `^${operation} on table "circuits" .*not one of DynamoDB’s protocol.*Check the endpoint, and what stands`,
      ),
    ) as unknown,
  });
});

test('a failure that passes is not to be mended by an option', async () => {
  const refusal = await refusalOf('UpdateTimeToLive', [table, timeToLiveOff], {
    status: 503,
    body: '<html>',
    headers: {},
  });
  expect(refusal).toMatchObject({ message: expect.not.stringContaining('timeToLive: false') as unknown });
});
