// One instance of the function, as a process of its own: invoked over IPC, frozen from outside by SIGSTOP.
import { systemClock } from '@circuitry/core';
import { makeHandler } from '../handler.mjs';

const { clientConfig, settings } = JSON.parse(process.argv[2] ?? '{}');

/** How far the time of the simulation is ahead of this machine's, ms. */
let ahead = 0;
/** @type {import('@circuitry/core').Clock} */
const clock = {
  now: () => systemClock.now() + ahead,
  after: (ms, callback, options) => systemClock.after(ms, callback, options),
};
let isHealthy = true;
/** @type {Record<string, number>} */
const operations = {};

const { handler, client, backend, factory } = makeHandler({
  clientConfig,
  clock,
  settings,
  send: async () => {
    if (!isHealthy) throw new Error('HTTP 503');
  },
});
client.middlewareStack.add(
  (next, context) => (args) => {
    const operation = String(context['commandName']).replace(/Command$/, '');
    operations[operation] = (operations[operation] ?? 0) + 1;
    return next(args);
  },
  { step: 'finalizeRequest', priority: 'low', name: 'countOperations' },
);

process.on('message', async (/** @type {import('./fleet.mjs').ToInstance} */ message) => {
  if (message.type === 'time') ahead = message.ahead;
  if (message.type === 'health') isHealthy = message.healthy;
  if (message.type === 'end') {
    await factory.close();
    client.destroy();
    process.disconnect();
    return;
  }
  /** @type {import('../handler.mjs').Outcome[]} */
  const outcomes = [];
  if (message.type === 'invoke') {
    // Lambda gives an instance one event at a time.
    for (let count = 0; count < message.times; count += 1) outcomes.push(await handler(message.mail));
  }
  process.send?.({ outcomes, capacity: backend.capacity(), operations });
});
process.send?.({ outcomes: [], capacity: backend.capacity(), operations });
