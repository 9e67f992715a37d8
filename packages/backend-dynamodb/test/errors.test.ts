import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isCircuitryError, type StorageError } from '@circuitry/core';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { longTtl, recordOf } from './support/records.js';
import { startReplyServer, type ReplyServer } from './support/reply-server.js';

// No emulator throttles, denies or lets credentials expire: these replies come from a real HTTP server of ours that
// speaks DynamoDB's protocol, to the real SDK. That AWS words them so is from its documentation.

let server: ReplyServer;
beforeAll(async () => {
  server = await startReplyServer();
});
afterAll(async () => {
  await server.close();
});

function backend(maxAttempts = 1): DynamoDBBackend {
  return new DynamoDBBackend({ client: server.client({ maxAttempts }), tableName: 'circuits' });
}

async function failureOf(call: Promise<unknown>): Promise<StorageError> {
  const error = await call.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!isCircuitryError(error, 'ERR_STORAGE')) throw error;
  return error;
}

describe('an error of DynamoDB’s becomes a StorageError that says what to do', () => {
  test.each([
    ['ProvisionedThroughputExceededException', 400, true, /provisioned capacity or make it on-demand/],
    ['ThrottlingException', 400, true, /throttles .* higher quota/],
    ['RequestLimitExceeded', 400, true, /higher quota/],
    ['TransactionConflictException', 400, true, /keep circuits out of your own transactions/],
    ['ExpiredTokenException', 400, false, /credentials have expired\. Renew them/],
    [
      'UnrecognizedClientException',
      400,
      false,
      /does not accept the credentials.*Check the keys, the region eu-central-1/,
    ],
    ['InvalidSignatureException', 400, false, /does not accept the credentials or the signature/],
    ['AccessDeniedException', 400, false, /may not do dynamodb:GetItem.*README of @circuitry\/backend-dynamodb/],
    ['ResourceNotFoundException', 400, false, /no table "circuits" in eu-central-1.*createCircuitTable\(\).*region/],
    ['ValidationException', 400, false, /partitionKey and sortKey/],
    ['InternalServerError', 500, true, /fault of its own/],
    ['ServiceUnavailable', 503, true, /fault of its own/],
    ['SomethingNew', 400, true, /SomethingNew: a message of SomethingNew/],
  ])('%s', async (error, status, retriable, words) => {
    server.answerWith({ status, error });
    const failure = await failureOf(backend().retrieve('acme'));
    expect(failure.message).toMatch(words);
    expect(failure.message).toContain('GetItem on table "circuits" in eu-central-1');
    expect(failure.retriable).toBe(retriable);
    expect(failure.ambiguous).toBe(false);
    expect((failure.cause as Error).name).toBe(error);
  });

  const secrets = { accessKeyId: 'an-id', secretAccessKey: 'a-secret', sessionToken: 'a-token' };

  test.each([
    ['an error', { status: 400, error: 'UnrecognizedClientException' }, 'UnrecognizedClientException'],
    ['an error page', { status: 503, body: '<html>' }, 'SyntaxError'],
    [
      'a page that is taken for a success',
      { status: 200, body: '{}', headers: { 'content-type': 'text/html' } },
      'Unknown',
    ],
  ])(
    'what a request was sent with is in no cause of it, to whatever depth it is printed: %s',
    async (_, reply, name) => {
      server.answerWith(reply);
      const client = server.client({ maxAttempts: 1, credentials: secrets });
      const failure = await failureOf(new DynamoDBBackend({ client, tableName: 'circuits' }).retrieve('acme'));
      const printed = inspect(failure, { depth: Infinity, showHidden: true });
      expect(['a-token', 'a-secret', 'x-amz-security-token'].filter((each) => printed.includes(each))).toEqual([]);
      expect(failure.cause).toMatchObject({ name, $metadata: { httpStatusCode: reply.status } });
      expect((failure.cause as Error).stack).toContain(' at ');
    },
  );

  test('a write that DynamoDB refused did not happen: it is not ambiguous', async () => {
    for (const error of [
      'ThrottlingException',
      'ProvisionedThroughputExceededException',
      'TransactionConflictException',
    ]) {
      server.answerWith({ status: 400, error });
      expect((await failureOf(backend().apply('acme', 1, {}, longTtl))).ambiguous).toBe(false);
    }
  });

  test('a write that met a fault of DynamoDB’s own may have happened: it is ambiguous, and not sent again', async () => {
    server.answerWith({ status: 500, error: 'InternalServerError' });
    const failure = await failureOf(backend(4).apply('acme', 1, { add: { n: 1 } }, longTtl));
    expect(failure.ambiguous).toBe(true);
    expect(failure.retriable).toBe(true);
    expect(failure.message).toMatch(/Whether the write happened is not known; it was not sent again/);
    expect((failure.cause as Error).name).toBe('InternalServerError');
    expect(server.requests).toBe(1);
  });

  test('an answer that can’t be read leaves a write ambiguous', async () => {
    server.answerWith({ status: 200, body: '{"Attributes": {"rev' });
    const failure = await failureOf(backend(4).store('acme', null, recordOf(1), longTtl));
    expect(failure.ambiguous).toBe(true);
    expect(server.requests).toBe(1);
  });

  test('a read that met a fault is sent again by the SDK, as its user set it', async () => {
    server.answerWith({ status: 500, error: 'InternalServerError' }, { status: 200, body: '{}' });
    expect((await backend(4).retrieve('acme')).record).toBeNull();
    expect(server.requests).toBe(2);
  });

  test.each(['ThrottlingException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded'])(
    'a write that was refused with %s is sent again by the SDK',
    async (error) => {
      server.answerWith({ status: 400, error }, { status: 200, body: '{}' });
      const store = backend(4).store('acme', null, recordOf(1), longTtl);
      expect((await store).applied).toBe(true);
      expect(server.requests).toBe(2);
    },
  );

  test('a write that was throttled first and then met a fault is ambiguous, and is not sent a third time', async () => {
    server.answerWith({ status: 400, error: 'ThrottlingException' }, { status: 500, error: 'InternalServerError' });
    const failure = await failureOf(backend(4).apply('acme', 1, { add: { n: 1 } }, longTtl));
    expect(failure.ambiguous).toBe(true);
    expect(server.requests).toBe(2);
  });
});

describe('an error on the way to DynamoDB becomes a StorageError that says what to do', () => {
  test('a port where nobody listens: the write did not happen, and trying again may help', async () => {
    const gone = await startReplyServer();
    const client = gone.client({ maxAttempts: 1 });
    const orphan = new DynamoDBBackend({ client, tableName: 'circuits' });
    gone.answerWith({ status: 200 });
    const { endpoint } = client.config;
    await gone.close();
    const again = new DynamoDBBackend({
      client: server.client({ maxAttempts: 1, endpoint: await endpointText(endpoint) }),
    });
    for (const each of [orphan, again]) {
      const failure = await failureOf(each.apply('acme', 1, { add: { n: 1 } }, longTtl));
      expect(failure.message).toMatch(/could not be reached \(ECONNREFUSED/);
      expect([failure.retriable, failure.ambiguous, failure.scope]).toEqual([true, false, 'store']);
    }
  });

  test('a host that no DNS knows', async () => {
    const endpoint = 'http://dynamodb.nowhere.invalid:8000';
    const failure = await failureOf(
      new DynamoDBBackend({ client: server.client({ maxAttempts: 1, endpoint }) }).retrieve('acme'),
    );
    expect(failure.message).toMatch(/host could not be found.*endpoint and the region/);
    expect(failure.retriable).toBe(true);
  });

  test('credentials that can’t be found', async () => {
    const credentials = async (): Promise<never> => {
      throw Object.assign(new Error('Could not load credentials from any providers'), {
        name: 'CredentialsProviderError',
      });
    };
    const failure = await failureOf(
      new DynamoDBBackend({ client: server.client({ maxAttempts: 1, credentials }) }).apply('acme', 1, {}, longTtl),
    );
    expect(failure.message).toMatch(/found no AWS credentials/);
    expect([failure.retriable, failure.ambiguous]).toEqual([false, false]);
  });

  test('a client without a region', async () => {
    const region = async (): Promise<never> => {
      throw new Error('Region is missing');
    };
    const failure = await failureOf(
      new DynamoDBBackend({ client: server.client({ maxAttempts: 1, region }) }).retrieve('acme'),
    );
    expect(failure.message).toMatch(
      /in an unknown region failed: the client knows no region\. Give it one,.*AWS_REGION/,
    );
    expect([failure.retriable, failure.scope]).toEqual([false, 'store']);
  });
});

test('the client in the tests above is the SDK’s own', () => {
  expect(server.client()).toBeInstanceOf(DynamoDBClient);
});

async function endpointText(endpoint: DynamoDBClient['config']['endpoint']): Promise<string> {
  const { protocol, hostname, port } = (await endpoint?.()) ?? { protocol: 'http:', hostname: '127.0.0.1', port: 1 };
  return `${protocol}//${hostname}:${port}`;
}
