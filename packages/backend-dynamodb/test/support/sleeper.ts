/**
 * A process of the freezing test, like a Lambda function's: one client, backend and factory for all its calls, a call
 * when its parent says so, and nothing it does in between. Bundled with the sources by `worker-bundle.ts`.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { CircuitBreakerFactory } from '@circuitry/core';
import type { FromSleeper, SleeperSetup, ToSleeper } from './sleeper-messages.js';

const setup = JSON.parse(process.argv[2] as string) as SleeperSetup;
const client = new DynamoDBClient(setup.clientConfig);
const backend = new DynamoDBBackend({ client, tableName: setup.tableName, warn: () => {} });
const { maxStaleness, storageTimeout } = setup;
const factory = new CircuitBreakerFactory({
  backend,
  storageTimeout,
  ...(maxStaleness === null ? {} : { consistency: { maxStaleness } }),
});
const breaker = factory.breakerFor('acme');
let finishWork = (): void => {};

function tell(message: FromSleeper): void {
  process.send?.(message);
}

async function call({ id, holdWork }: Extract<ToSleeper, { type: 'call' }>): Promise<void> {
  const readsBefore = backend.capacity().readUnits;
  const settled = await breaker.settle(async () => {
    tell({ type: 'working', id });
    if (holdWork) await new Promise<void>((resolve) => (finishWork = resolve));
  });
  // As the document says: before a function returns, and may be frozen.
  if (setup.flushes) await factory.flush();
  const { status } = settled;
  const decidedBy = status === 'refused' ? undefined : settled.decidedBy;
  const lost = status !== 'refused' && settled.circuitError !== undefined;
  const reads = backend.capacity().readUnits - readsBefore;
  tell({ type: 'settled', id, status, decidedBy: decidedBy ?? 'store', lost, reads });
}

process.on('message', (message: ToSleeper) => {
  if (message.type === 'call') return void call(message);
  if (message.type === 'finish work') return finishWork();
  void (async () => {
    await factory.close();
    await backend.close();
    client.destroy();
    process.disconnect();
  })();
});
tell({ type: 'ready' });
