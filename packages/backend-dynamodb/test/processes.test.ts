import { fork, type ChildProcess } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';
import { bundle, type Bundle } from './support/worker-bundle.js';
import type { ToParent, ToWorker, WorkerSetup } from './support/worker-messages.js';

const allowAfter = 1_500;

/** One worker process, and everything that it told. */
interface Worker {
  readonly process: ChildProcess;
  readonly told: ToParent[];
  readonly exited: Promise<number | null>;
}

let program: Bundle;
beforeAll(() => {
  program = bundle('./worker.ts');
}, 60_000);
afterAll(() => program.remove());

describeOnEachServer('four worker processes with one circuit', (server) => {
  let table: TestTable;
  let workers: Worker[] = [];

  beforeEach(async () => {
    table = await makeTable(server());
  }, 60_000);
  afterEach(async () => {
    for (const worker of workers) worker.process.kill('SIGKILL');
    await Promise.all(workers.map(({ exited }) => exited));
    await table.drop();
  });

  function start(): Worker {
    const setup: WorkerSetup = { clientConfig: server().clientConfig, tableName: table.tableName, allowAfter };
    const process = fork(program.file, [JSON.stringify(setup)], { execArgv: ['--no-warnings'] });
    const told: ToParent[] = [];
    process.on('message', (message: ToParent) => told.push(message));
    return { process, told, exited: new Promise((resolve) => process.once('exit', resolve)) };
  }

  const toAll = (message: ToWorker): void => workers.forEach((worker) => worker.process.send(message));
  const told = (): ToParent[] => workers.flatMap((worker) => worker.told);
  const changes = (): string[] =>
    told()
      .flatMap((message) => (message.type === 'change' ? [message] : []))
      .sort((a, b) => a.since - b.since)
      .map(({ from, to }) => `${from} -> ${to}`);

  test('trip it once, are all refused, wait, try and close it', async () => {
    workers = Array.from({ length: 4 }, start);
    await until(() => workers.every((worker) => worker.told.filter(({ type }) => type === 'call').length >= 3));
    expect(changes()).toEqual([]);

    toAll({ type: 'health', healthy: false });
    await until(() => changes().length > 0);
    expect(changes()[0]).toBe('closed -> open');
    const tripped = told().length;
    await until(() =>
      workers.every((worker) => worker.told.some((message) => message.type === 'call' && message.status === 'refused')),
    );

    // Still down at the first trial: it opens again, and nobody's work but the trials' ran.
    await until(() => changes().filter((change) => change === 'half-open -> open').length > 0);
    expect(tripped).toBeGreaterThan(0);

    toAll({ type: 'health', healthy: true });
    await until(() => changes().at(-1) === 'half-open -> closed');
    await until(() =>
      workers.every((worker) => worker.told.at(-1)?.type === 'call' && isFulfilled(worker.told.at(-1))),
    );

    toAll({ type: 'stop' });
    expect(await Promise.all(workers.map(({ exited }) => exited))).toEqual([0, 0, 0, 0]);

    // Each transition was announced once in the whole fleet: a trip, rounds that failed, one that closed.
    const rounds = changes().filter((change) => change === 'open -> half-open').length;
    expect(changes()).toEqual([
      'closed -> open',
      ...Array.from({ length: rounds - 1 }, () => ['open -> half-open', 'half-open -> open']).flat(),
      'open -> half-open',
      'half-open -> closed',
    ]);
    expect(opened(told())).toBeGreaterThanOrEqual(allowAfter);

    // While open, a call is one read and nothing else; what is sent beside reads is writes that took effect or lost a race.
    for (const message of told()) {
      if (message.type !== 'done') continue;
      expect(message.refused).toBeGreaterThan(0);
      expect(message.cost.readUnits).toBeGreaterThanOrEqual(message.ran + message.refused);
    }
  }, 120_000);
});

/** How long the circuit was open before its first trial round, ms, by its own records: reports may come late. */
function opened(messages: readonly ToParent[]): number {
  const cameTo = (state: string): number =>
    Math.min(
      ...messages.flatMap((message) => (message.type === 'change' && message.from === state ? [message.since] : [])),
    );
  return cameTo('half-open') - cameTo('open');
}

function isFulfilled(message: ToParent | undefined): boolean {
  return message?.type === 'call' && message.status === 'fulfilled';
}

/** Waits, however long a loaded machine takes; the test's own limit ends it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
