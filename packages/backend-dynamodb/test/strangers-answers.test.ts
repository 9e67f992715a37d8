import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CircuitBreakerFactory, type StorageError } from '@circuitry/core';
import { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { longTtl, recordOf } from './support/records.js';
import { startReplyServer, type ReplyServer } from './support/reply-server.js';

/** Successes of HTTP that something between a worker and DynamoDB may answer with. */
const pages: readonly (readonly [string, string])[] = [
  ['an empty page', ''],
  ['an object without anything', '{}'],
  ['null', 'null'],
  ['an item of another table', '{"Item":{"id":{"S":"1"}}}'],
  ['a page of words', '<html>Please log in</html>'],
];

const headers = { 'content-type': 'text/html' };

let server: ReplyServer;
beforeAll(async () => {
  server = await startReplyServer();
});
afterAll(() => server.close());

function backend(): DynamoDBBackend {
  return new DynamoDBBackend({ client: server.client({ maxAttempts: 2 }), tableName: 'circuits' });
}

describe.each(pages)('A success that is not DynamoDB’s own, %s,', (_, body) => {
  const verbs: readonly (readonly [string, (on: DynamoDBBackend) => Promise<unknown>, boolean])[] = [
    ['retrieve', (on) => on.retrieve('c'), false],
    ['apply', (on) => on.apply('c', 1, { add: { x: 1 } }, longTtl), true],
    ['store', (on) => on.store('c', null, recordOf(1), longTtl), true],
    ['delete', (on) => on.delete('c'), true],
    ['lock', (on) => on.lock('c', { lease: 1_000 }), false],
    ['list', async (on) => on.list().next(), false],
    ['list of the troubled', async (on) => on.list({ only: 'troubled' }).next(), false],
  ];

  test.each(verbs)('is told as what it is, and not taken for the answer to %s', async (__, ask, ambiguous) => {
    server.answerWith({ status: 200, body, headers });
    const error = (await ask(backend()).then(
      () => new Error('it was taken for an answer'),
      (reason: unknown) => reason,
    )) as StorageError;
    expect(error.message).toContain('not one of DynamoDB’s protocol: HTTP status 200');
    expect(error).toMatchObject({ code: 'ERR_STORAGE', ambiguous, retriable: true });
  });
});

test('A success that is not DynamoDB’s own closes no circuit', async () => {
  const factory = new CircuitBreakerFactory({ backend: backend(), onStorageFailure: 'throw', storageTimeout: '1m' });
  server.answerWith({ status: 200, body: '{}', headers });
  expect(await factory.breakerFor('c').settle(() => 1)).toMatchObject({ status: 'refused', code: 'ERR_STORAGE' });
  await factory.close();
});
