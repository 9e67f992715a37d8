import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CircuitBreakerFactory, isCircuitryError, type StorageError } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBBackend, recommendedClient } from '@circuitry/backend-dynamodb';
import { longTtl, recordOf } from './support/records.js';
import { startReplyServer, type ReplyServer } from './support/reply-server.js';

// What no emulator answers comes from a real HTTP server of ours that speaks DynamoDB's protocol, to the real SDK.

let server: ReplyServer;
let warnings: string[];
beforeAll(async () => {
  server = await startReplyServer();
});
beforeEach(() => {
  warnings = [];
});
afterAll(async () => {
  await server.close();
});

function backendOf(config: DynamoDBClientConfig, storageTimeout?: number): DynamoDBBackend {
  const warn = (message: string): void => void warnings.push(message);
  const more = storageTimeout === undefined ? {} : { storageTimeout };
  return new DynamoDBBackend({ client: server.client(config), tableName: 'circuits', warn, ...more });
}

async function failureOf(call: Promise<unknown>): Promise<StorageError> {
  const error = await call.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!isCircuitryError(error, 'ERR_STORAGE')) throw error;
  return error;
}

type Call = (backend: DynamoDBBackend, signal: AbortSignal) => Promise<unknown>;

const write: Call = (backend, signal) => backend.apply('acme', 1, { add: { n: 1 } }, { ...longTtl, signal });

/** A call whose signal, as core gives one, is aborted once the server has got so many requests. */
async function cutShort(call: Call, config: DynamoDBClientConfig, requests: number): Promise<StorageError> {
  const controller = new AbortController();
  const failing = failureOf(call(backendOf(config), controller.signal));
  await asked(requests);
  controller.abort(new Error('its time is over'));
  return failing;
}

/** One that is throttled, and cut short in one of the SDK's pauses: by the third refusal these are of seconds. */
async function cutShortInAPause(call: Call, error: string): Promise<StorageError> {
  for (;;) {
    server.answerWith({ status: 400, error });
    const failure = await cutShort(call, { maxAttempts: 20 }, 3);
    // On its way again already, or not answered yet, on a machine that stood still: another case.
    if (!failure.message.includes('had no answer yet')) return failure;
  }
}

/** A write that the SDK can't send; it ends with its signal. */
function neverSent(config: DynamoDBClientConfig): Promise<StorageError> {
  return failureOf(write(backendOf(config), AbortSignal.timeout(100)));
}

async function asked(requests: number): Promise<void> {
  while (server.requests < requests) await new Promise((resolve) => setTimeout(resolve, 5));
  // Its answer is on its way by then.
  if (requests > 1) await new Promise((resolve) => setTimeout(resolve, 200));
}

describe('a call whose time is over', () => {
  test.each(['ThrottlingException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded'])(
    'tells that it was refused with %s, by a client with the SDK’s own settings: it did not happen',
    async (error) => {
      const { message, retriable, ambiguous, cause } = await cutShortInAPause(write, error);
      expect(message).toMatch(
        /^UpdateItem on table "circuits" .* failed (once|\d+ times): DynamoDB throttles .* The SDK waited to send it again/,
      );
      expect([retriable, ambiguous]).toEqual([true, false]);
      expect((cause as Error).name).toBe(error);
      expect(cause).not.toHaveProperty('$response');
    },
  );

  test('tells the failure before the request that hangs, and that this one may have happened', async () => {
    server.answerWith({ status: 400, error: 'ThrottlingException' }, { status: 200, hangs: true });
    const { message, ambiguous } = await cutShort(write, { maxAttempts: 2 }, 2);
    expect(message).toMatch(
      /failed once: DynamoDB throttles .* Attempt 2 had no answer yet .* The write may have happened\./,
    );
    expect(ambiguous).toBe(true);
  });

  test.each<[string, string, Call]>([
    ['read', 'GetItem', (backend, signal) => backend.retrieve('acme', { signal })],
    ['store', 'PutItem', (backend, signal) => backend.store('acme', null, recordOf(1), { ...longTtl, signal })],
    ['delete', 'DeleteItem', (backend, signal) => backend.delete('acme', { signal })],
    [
      'listing',
      'Query',
      (backend, signal) => backend.list({ only: 'troubled', signal })[Symbol.asyncIterator]().next(),
    ],
    ['lock', 'GetItem', (backend, signal) => backend.lock('acme', { lease: 60_000, signal })],
    [
      'lock that it waits for',
      'GetItem',
      (backend, signal) => backend.lock('acme', { lease: 60_000, wait: 60_000, signal }),
    ],
  ])('tells that DynamoDB throttled its %s', async (_title, operation, call) => {
    const { message, retriable, ambiguous } = await cutShortInAPause(call, 'ThrottlingException');
    expect(message).toMatch(new RegExp(`^${operation} on table .* failed (once|\\d+ times): DynamoDB throttles`));
    expect([retriable, ambiguous]).toEqual([true, false]);
  });

  test('tells of a lock whose writes are throttled, by a factory and a client with their own settings', async () => {
    const noItem = { status: 200, body: '{}', headers: { 'x-amzn-requestid': 'A' } };
    const lock: Call = async (backend) => {
      server.answerWith(noItem, { status: 400, error: 'ProvisionedThroughputExceededException' });
      const clock = new VirtualClock();
      const factory = new CircuitBreakerFactory({
        backend,
        clock,
        storageTimeout: 3_000,
        onStorageFailure: 'throw',
        exclusive: { lease: 60_000, wait: 1 },
      });
      const settling = factory.breakerFor('acme').settle(() => 'ran');
      await asked(4);
      await clock.advance(3_001);
      const { error } = (await settling) as { error?: unknown };
      await factory.close();
      throw error;
    };
    const error = await cutShortInAPause(lock, 'ProvisionedThroughputExceededException');
    expect(error.message).toMatch(/^UpdateItem on table .* failed \d+ times: DynamoDB throttles/);
    expect(error).toMatchObject({ code: 'ERR_STORAGE', retriable: true, ambiguous: false });
  });

  test('tells that nothing was sent while the client still looked for its region', async () => {
    server.answerWith({ status: 200 });
    const region = (): Promise<never> => new Promise(() => {});
    const { message, ambiguous } = await neverSent({ region });
    expect(message).toMatch(/^UpdateItem on table "circuits" in an unknown region had not been sent yet/);
    expect(ambiguous).toBe(false);
    expect(server.requests).toBe(0);
  });

  test('tells that nothing was sent while the SDK still looked for credentials', async () => {
    server.answerWith({ status: 200 });
    const credentials = (): Promise<never> => new Promise(() => {});
    const { message, ambiguous } = await neverSent({ credentials });
    expect(message).toMatch(/had not been sent yet when its signal was aborted/);
    expect(ambiguous).toBe(false);
    expect(server.requests).toBe(0);
  });

  test('of one request without an answer is ambiguous for a write, and not for a read', async () => {
    server.answerWith({ status: 200, hangs: true });
    expect((await cutShort(write, {}, 1)).ambiguous).toBe(true);
    server.answerWith({ status: 200, hangs: true });
    const read: Call = (backend, signal) => backend.retrieve('acme', { signal });
    expect((await cutShort(read, {}, 1)).ambiguous).toBe(false);
  });
});

describe('an answer that is not DynamoDB’s', () => {
  const page = '<html><body>nothing to see here</body></html>';

  test.each([
    [503, { server: 'squid/6.6' }, /HTTP status 503, text\/html, from "squid\/6\.6"/],
    [502, { via: '1.1 varnish' }, /HTTP status 502, text\/html, from "1\.1 varnish"/],
    [403, {}, /HTTP status 403, text\/html, from an unnamed sender/],
    [200, {}, /HTTP status 200, text\/html, from an unnamed sender.*Check the endpoint/],
  ])('is told by its status, %i, and its sender; a write that met it is ambiguous', async (status, headers, words) => {
    server.answerWith({ status, body: page, headers: { 'content-type': 'text/html', ...headers } });
    const failure = await failureOf(backendOf({ maxAttempts: 1 }).apply('acme', 1, { add: { n: 1 } }, longTtl));
    expect(failure.message).toMatch(words);
    expect(failure.message).not.toMatch(/JSON|token/);
    expect([failure.ambiguous, failure.retriable]).toEqual([true, true]);
  });
});

describe('a client', () => {
  const ok = { status: 200, body: '{}' };

  /** The warnings of two calls of two backends of one client. */
  async function warningsFor(config: DynamoDBClientConfig, storageTimeout?: number): Promise<string[]> {
    server.answerWith(ok);
    const backend = backendOf(config, storageTimeout);
    // On a slow machine a client that ends its requests early may: that is no matter here.
    for (let count = 0; count < 2; count += 1) await backend.retrieve('acme').catch(() => {});
    // A warning is told beside the call, never before its answer.
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    return warnings;
  }

  test('that is the recommended one fits, and is not warned of', async () => {
    expect(await warningsFor(recommendedClient())).toEqual([]);
    expect(await warningsFor(recommendedClient({ storageTimeout: '200ms' }), 200)).toEqual([]);
  });

  test('that tries once fits, however it is set otherwise', async () => {
    expect(await warningsFor({ maxAttempts: 1 })).toEqual([]);
  });

  test('of the SDK’s own settings is warned of, once, by the names of the settings', async () => {
    const [warning, ...more] = await warningsFor({});
    expect(warning).toMatch(
      /storageTimeout of 1000 ms: maxAttempts is \d, with pauses of up to 7000 ms.*requestTimeout.*recommendedClient\(\)/,
    );
    expect(more).toEqual([]);
  });

  test('with retryMode adaptive is warned of: its limiter is shared by all circuits', async () => {
    expect(await warningsFor({ retryMode: 'adaptive' })).toEqual([expect.stringMatching(/retryMode is 'adaptive'/)]);
  });

  test('that is recommended for a second is warned of where a call has half of it', async () => {
    const warning = expect.stringMatching(/3 attempts .* of up to 250 ms each .requestTimeout/);
    expect(await warningsFor(recommendedClient(), 500)).toEqual([warning]);
  });

  test('that is the recommended one tells throttling itself, before its time is over', async () => {
    server.answerWith({ status: 400, error: 'ThrottlingException' });
    const recommended = recommendedClient();
    // Every request is answered here: that a slow machine takes longer for it is another matter.
    const { httpAgent, httpsAgent } = recommended.requestHandler;
    const config = { ...recommended, requestHandler: { httpAgent, httpsAgent } };
    const failure = await failureOf(backendOf(config).apply('acme', 1, { add: { n: 1 } }, longTtl));
    expect(failure.message).toMatch(/^UpdateItem on table "circuits" in eu-central-1 failed: DynamoDB throttles/);
    expect([failure.retriable, failure.ambiguous, server.requests]).toEqual([true, false, 3]);
  });

  test('that is the recommended one ends a read that hangs by itself', async () => {
    server.answerWith({ status: 200, hangs: true });
    const failure = await failureOf(backendOf(recommendedClient({ storageTimeout: 200 })).retrieve('acme'));
    expect(failure.retriable).toBe(true);
    // By the SDK's own count: one that a slow machine gave up at once the server never saw.
    expect(failure.cause).toMatchObject({ $metadata: { attempts: 3 } });
  });
});
