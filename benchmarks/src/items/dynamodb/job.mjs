import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createCircuitTable, DynamoDBBackend, recommendedClient } from '@circuitry/backend-dynamodb';
import { CircuitBreakerFactory } from '@circuitry/core';
import { modes, situations } from './situations.mjs';

const fail = async () => {
  throw new Error('down');
};
const succeed = async () => 42;

/** What each mode's calls cost in each situation, as DynamoDB's own answers say. */
export async function run({ clientConfig, calls }) {
  const client = new DynamoDBClient({ ...recommendedClient(), ...clientConfig });
  await createCircuitTable(client, { tableName: 'benchmark' });
  const answers = [];
  for (const mode of modes) {
    for (const situation of situations) {
      answers.push({ mode: mode.id, situation: situation.id, ...(await measure(client, mode, situation, calls)) });
    }
  }
  client.destroy();
  return answers;
}

async function measure(client, mode, { id, lanes, failEvery, isOpen }, calls) {
  const backend = new DynamoDBBackend({ client, tableName: 'benchmark' });
  const factory = new CircuitBreakerFactory({
    backend,
    ...mode.options,
    failureCountThreshold: isOpen ? 1 : 5,
    allowAfter: '1h',
  });
  const breaker = factory.breakerFor(`${mode.id}-${id}`);
  await breaker.settle(isOpen ? fail : succeed);
  await factory.flush();

  const before = backend.capacity();
  const begun = performance.now();
  let made = 0;
  const lane = async () => {
    while (made < calls) {
      made += 1;
      await breaker.settle(made % failEvery === 0 ? fail : succeed);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await factory.flush();
  const seconds = (performance.now() - begun) / 1_000;
  const after = backend.capacity();
  await factory.close();
  await backend.close();
  const perCall = (field) => (after[field] - before[field]) / made;
  return {
    requests: perCall('requests'),
    readUnits: perCall('readUnits'),
    writeUnits: perCall('writeUnits'),
    lostWrites: perCall('lostWrites'),
    perSecond: made / seconds,
  };
}
