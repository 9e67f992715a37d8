import { afterAll, beforeAll, describe, test } from '@jest/globals';
import {
  startDynamoDB,
  whyUnavailable,
  type DynamoDBServer,
  type ServerKind,
} from '../../../../tooling/servers/dynamodb.mjs';

/** Every server that tests run on. `endpoint` is whatever DYNAMODB_ENDPOINT names, DynamoDB itself included. */
const kinds: readonly ServerKind[] = ['dynoxide', 'dynalite', 'endpoint'];

/** Declares the tests of `body` once per server; one that can't be had here is shown as skipped, with the reason. */
export function describeOnEachServer(
  title: string,
  body: (server: () => DynamoDBServer, kind: ServerKind) => void,
  on: readonly ServerKind[] = kinds,
): void {
  for (const kind of on) {
    const reason = whyUnavailable(kind);
    if (reason !== null) {
      describe(`${title}, on ${kind}`, () => {
        test.skip(`skipped: ${reason}`, () => {});
      });
      continue;
    }
    describe(`${title}, on ${kind}`, () => {
      let server: DynamoDBServer | undefined;
      beforeAll(async () => {
        server = await startDynamoDB({ kind });
      }, 60_000);
      body(() => server as DynamoDBServer, kind);
      // Declared last, as Jest runs them in order: the body's own may need the server still.
      afterAll(async () => {
        await server?.close();
      });
    });
  }
}

/** The preferred server that can be had here, for tests that look at the client's side only. */
export function describeOnOneServer(
  title: string,
  body: (server: () => DynamoDBServer, kind: ServerKind) => void,
): void {
  const kind = kinds.find((each) => each !== 'endpoint' && whyUnavailable(each) === null) ?? 'endpoint';
  describe(`${title}, on ${kind}`, () => {
    let server: DynamoDBServer | undefined;
    beforeAll(async () => {
      server = await startDynamoDB({ kind });
    }, 60_000);
    body(() => server as DynamoDBServer, kind);
    afterAll(async () => {
      await server?.close();
    });
  });
}
