// A worker process: counts on a few circuits, again and again, until its parent ends it. Bundled and started by fleet.ts.
import { isCircuitryError, type CircuitRecord } from '@circuitry/core';
import { RedisBackend } from '../../src/index.js';
import { connectWith } from './clients.js';
import type { WorkerClient, WorkerConfig, WorkerReport } from './fleet.js';

const config = JSON.parse(process.argv[2] ?? '{}') as WorkerConfig & WorkerClient;
const { client, end } = await connectWith(config.library, config, config.glidePath);
const backend = new RedisBackend({ client, prefix: config.prefix });

const report: WorkerReport = { acknowledged: 0, ambiguous: 0, unambiguous: 0, others: [], longest: 0, lastSuccess: 0 };
const ttl = 600_000;

/** One call of the kind that a settled job makes: read, then count, or begin the record. */
async function step(name: string): Promise<void> {
  const signal = AbortSignal.timeout(config.timeout);
  const began = Date.now();
  try {
    const { record } = await backend.retrieve(name, { signal });
    const change = record
      ? await backend.apply(name, record.revision, { add: { count: 1 } }, { ttl, signal })
      : await backend.store(name, null, firstRecord(), { ttl, signal });
    if (change.applied) report.acknowledged += 1;
    report.lastSuccess = Date.now();
  } catch (error) {
    if (!isCircuitryError(error, 'ERR_STORAGE')) report.others.push(String(error));
    else if (error.ambiguous) report.ambiguous += 1;
    else report.unambiguous += 1;
  } finally {
    report.longest = Math.max(report.longest, Date.now() - began);
  }
}

function firstRecord(): CircuitRecord {
  const revision = Date.now() * 1_024;
  const state = {
    state: 'closed',
    generation: 0,
    openings: 0,
    since: 0,
    expiresAt: null,
    override: null,
    lastFailure: null,
  } as const;
  return { revision, ...state, by: String(process.pid), counters: { count: 1 } };
}

let stopping = false;
process.on('message', (message: string) => {
  if (message === 'report') process.send?.(report);
  if (message === 'stop') stopping = true;
});
process.on('disconnect', () => process.exit());

while (!stopping) {
  for (let index = 0; index < config.circuits; index += 1) await step(`circuit ${index}`);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
await backend.close();
await end();
process.send?.(report, () => process.disconnect());
