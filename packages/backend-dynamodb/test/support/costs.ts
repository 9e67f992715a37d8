import { CircuitBreakerFactory, type CircuitBreaker, type Duration } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import type { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { countSent } from './interpose.js';
import type { TestTable } from './tables.js';

/** What some calls cost, together. */
export interface MeasuredCost {
  readonly title: string;
  readonly calls: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Requests that the SDK sent, by operation, as its own middleware saw them. */
  readonly operations: Readonly<Record<string, number>>;
}

interface Settings {
  readonly failureCountThreshold?: number;
  readonly closeThreshold?: number;
  readonly allowAfter?: Duration;
  readonly counting?: 'failures';
  readonly consistency?: { readonly maxStaleness: Duration };
}

/** One worker on virtual time, with every request of its SDK counted beside the backend's own count. */
class Worker {
  readonly clock = new VirtualClock();
  readonly backend: DynamoDBBackend;
  readonly #operations: Record<string, number> = {};
  #answeredBefore = 0;
  readonly #factory: CircuitBreakerFactory;
  readonly #breaker: CircuitBreaker;

  constructor(table: TestTable, settings: Settings) {
    const client = table.client();
    countSent(client, (name) => (this.#operations[name] = (this.#operations[name] ?? 0) + 1));
    this.backend = table.connect({ client, clock: this.clock, serverTime: false });
    this.#factory = new CircuitBreakerFactory({ backend: this.backend, clock: this.clock, ...settings });
    this.#breaker = this.#factory.breakerFor('acme');
  }

  async succeed(): Promise<void> {
    await this.#breaker.execute(() => 'done');
  }

  async fail(): Promise<void> {
    await this.#breaker.settle(() => Promise.reject(new Error('the dependency is down')));
  }

  async refused(): Promise<void> {
    const { status } = await this.#breaker.settle(() => 'done');
    if (status !== 'refused') throw new Error(`this call was to be refused, and ${status}`);
  }

  async measure(title: string, calls: number, run: () => Promise<void>): Promise<MeasuredCost> {
    await this.quiet();
    const before = this.backend.capacity();
    this.#answeredBefore = before.requests;
    for (const operation of Object.keys(this.#operations)) delete this.#operations[operation];
    for (let call = 0; call < calls; call += 1) await run();
    await this.#factory.flush();
    await this.quiet();
    const after = this.backend.capacity();
    return {
      title,
      calls,
      readUnits: after.readUnits - before.readUnits,
      writeUnits: after.writeUnits - before.writeUnits,
      operations: { ...this.#operations },
    };
  }

  /** Waits until every request under way is answered: real answers take real time, in which virtual time stands. */
  async quiet(): Promise<void> {
    const sent = (): number => Object.values(this.#operations).reduce((sum, count) => sum + count, 0);
    // Those measured before were answered before.
    const answered = (): number => this.backend.capacity().requests - this.#answeredBefore;
    while (answered() < sent()) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  close(): Promise<void> {
    return this.#factory.close();
  }
}

/** Every kind of call, on a circuit and in a table of its own, and what it cost. */
export async function measureCosts(makeTable: () => Promise<TestTable>): Promise<MeasuredCost[]> {
  const costs: MeasuredCost[] = [];
  const on = async (settings: Settings, run: (worker: Worker) => Promise<void>): Promise<void> => {
    const table = await makeTable();
    const worker = new Worker(table, settings);
    await run(worker);
    await worker.close();
    await table.drop();
  };
  const paced = (worker: Worker, run: () => Promise<void>) => async (): Promise<void> => {
    await run();
    await worker.quiet();
    // A hundred calls a second.
    await worker.clock.advance(10);
    await worker.quiet();
  };
  await on({ failureCountThreshold: 5, allowAfter: '1m' }, async (worker) => {
    costs.push(await worker.measure('strict, first call of a circuit', 1, () => worker.succeed()));
    costs.push(await worker.measure('strict, closed, success', 20, () => worker.succeed()));
    costs.push(await worker.measure('strict, closed, failure', 4, () => worker.fail()));
    costs.push(await worker.measure('strict, the failure that trips', 1, () => worker.fail()));
    costs.push(await worker.measure('strict, open, refused', 20, () => worker.refused()));
    await worker.clock.advance('1m');
    costs.push(
      await worker.measure('strict, half-open, a trial that closes (`closeThreshold: 1`)', 1, () => worker.succeed()),
    );
  });
  await on({ failureCountThreshold: 1, allowAfter: '1m', closeThreshold: 3 }, async (worker) => {
    await worker.fail();
    await worker.clock.advance('1m');
    costs.push(await worker.measure('strict, half-open, the first of 3 trials', 1, () => worker.succeed()));
    costs.push(await worker.measure('strict, half-open, the second of 3 trials', 1, () => worker.succeed()));
    costs.push(
      await worker.measure('strict, half-open, the last of 3 trials, which closes', 1, () => worker.succeed()),
    );
  });
  await on({ failureCountThreshold: 1, allowAfter: '1m' }, async (worker) => {
    await worker.fail();
    await worker.clock.advance('1m');
    costs.push(await worker.measure('strict, half-open, a trial that fails', 1, () => worker.fail()));
  });
  await on({ counting: 'failures' }, async (worker) => {
    costs.push(await worker.measure("strict, `counting: 'failures'`, closed, success", 20, () => worker.succeed()));
  });
  await on({ consistency: { maxStaleness: '1s' }, failureCountThreshold: 5, allowAfter: '1m' }, async (worker) => {
    await worker.succeed();
    costs.push(
      await worker.measure(
        'bounded (1 s), closed, success, 100 calls/s',
        1_000,
        paced(worker, () => worker.succeed()),
      ),
    );
    costs.push(await worker.measure('bounded (1 s), closed, failure', 4, () => worker.fail()));
    await worker.fail();
    costs.push(
      await worker.measure(
        'bounded (1 s), open, refused, 100 calls/s',
        1_000,
        paced(worker, () => worker.refused()),
      ),
    );
  });
  await on({ consistency: { maxStaleness: '1s' }, counting: 'failures' }, async (worker) => {
    costs.push(
      await worker.measure(
        "bounded (1 s), `counting: 'failures'`, closed, success, 100 calls/s",
        1_000,
        paced(worker, () => worker.succeed()),
      ),
    );
  });
  return costs;
}

/** The table of docs/dynamodb.md: request units for a million such calls. */
export function costTable(costs: readonly MeasuredCost[]): string {
  const perMillion = (units: number, calls: number): string =>
    ((units / calls) * 1_000_000).toLocaleString('en-US', { maximumFractionDigits: 0 });
  const lines = costs.map(
    ({ title, calls, readUnits, writeUnits }) =>
      `| ${title} | ${perMillion(readUnits, calls)} | ${perMillion(writeUnits, calls)} |`,
  );
  return [
    '| a million calls of this kind | read request units | write request units |',
    '| --- | --- | --- |',
    ...lines,
  ].join('\n');
}
