import { CircuitBreakerFactory } from '@circuitry/core';

const work = async () => 42;
const calls = 4;

/** A new process on a circuit that others have used: how long its first calls take, and what they send. */
export async function run({ store, mode, port, clientConfig }, { barrier }) {
  const { backend, sent, close } = await open[store](port, clientConfig);
  await usedByOthers(backend.others);
  const factory = new CircuitBreakerFactory({
    backend: backend.own,
    // A view is fresh no longer than it takes to make the next call: or that one would wait for nothing.
    ...(mode === 'bounded' ? { consistency: { maxStaleness: '60s' } } : {}),
  });
  await barrier('slow');
  const answers = [];
  for (let call = 0; call < calls; call += 1) {
    const before = sent();
    const begun = performance.now();
    await factory.breakerFor('used').execute(work);
    answers.push({ milliseconds: performance.now() - begun, commands: sent() - before });
  }
  await factory.close();
  await close();
  return answers;
}

async function usedByOthers(backend) {
  const factory = new CircuitBreakerFactory({ backend });
  await factory.breakerFor('used').execute(work);
  await factory.close();
  await backend.close();
}

const open = {
  async redis(port) {
    const [{ RedisBackend }, { connect, countCommands }] = await Promise.all([
      import('@circuitry/backend-redis'),
      import('../../processes/redis-client.mjs'),
    ]);
    const [client, other] = await Promise.all([1, 2].map(() => connect(`redis://127.0.0.1:${port}`)));
    const own = new RedisBackend({ client });
    const others = new RedisBackend({ client: other });
    const counted = countCommands();
    return {
      backend: { own, others },
      sent: () => counted.commands,
      async close() {
        await own.close();
        client.disconnect();
        other.disconnect();
      },
    };
  },

  async dynamodb(port, clientConfig) {
    const [{ DynamoDBClient }, { createCircuitTable, DynamoDBBackend, recommendedClient }] = await Promise.all([
      import('@aws-sdk/client-dynamodb'),
      import('@circuitry/backend-dynamodb'),
    ]);
    const endpoint = `http://127.0.0.1:${port}`;
    const clients = [1, 2].map(() => new DynamoDBClient({ ...recommendedClient(), ...clientConfig, endpoint }));
    const tableName = `first-${process.pid}`;
    await createCircuitTable(clients[1], { tableName });
    const [own, others] = clients.map((client) => new DynamoDBBackend({ client, tableName }));
    return {
      backend: { own, others },
      sent: () => own.capacity().requests,
      async close() {
        await own.close();
        for (const client of clients) client.destroy();
      },
    };
  },
};
