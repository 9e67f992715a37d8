/**
 * One worker process of the end-to-end test: it calls the dependency through its circuit, again and again, and tells its
 * parent what it saw. Bundled with the sources by `worker-bundle.ts`.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { CircuitBreakerFactory } from '@circuitry/core';
import type { ToParent, ToWorker, WorkerSetup } from './worker-messages.js';

const setup = JSON.parse(process.argv[2] as string) as WorkerSetup;
const client = new DynamoDBClient(setup.clientConfig);
const backend = new DynamoDBBackend({ client, tableName: setup.tableName, warn: () => {} });
let healthy = true;
let running = true;

function tell(message: ToParent): void {
  process.send?.(message);
}

const factory = new CircuitBreakerFactory({
  backend,
  failureCountThreshold: 5,
  closeThreshold: 2,
  allowAfter: setup.allowAfter,
  storageTimeout: '10s',
  onStorageFailure: 'throw',
  onStateChange: ({ from, to, information: { since } }) => tell({ type: 'change', from, to, since }),
});

process.on('message', (message: ToWorker) => {
  if (message.type === 'health') healthy = message.healthy;
  else running = false;
});

const breaker = factory.breakerFor('acme');
let ran = 0;
let refused = 0;
tell({ type: 'ready' });
while (running) {
  const settled = await breaker.settle(async () => {
    ran += 1;
    if (!healthy) throw new Error('the dependency is down');
  });
  if (settled.status === 'refused') refused += 1;
  tell({ type: 'call', status: settled.status });
  await new Promise((resolve) => setTimeout(resolve, 25));
}
await factory.close();
await backend.close();
client.destroy();
tell({ type: 'done', ran, refused, cost: backend.capacity() });
process.disconnect();
