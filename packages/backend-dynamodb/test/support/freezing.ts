import { fork, type ChildProcess } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CircuitBreakerFactory, type CircuitBreaker } from '@circuitry/core';
import type { DynamoDBServer, ServerKind } from '../../../../tooling/servers/dynamodb.mjs';
import { startTcpProxy, type TcpProxy } from '../../../../tooling/servers/tcp-proxy.mjs';
import type { FromSleeper, SleeperSetup, ToSleeper } from './sleeper-messages.js';
import { makeTable, type TestTable } from './tables.js';
import { bundle, type Bundle } from './worker-bundle.js';

/** How long the process is stopped, ms: longer than its view of the circuit lasts and than a call to the store may take. */
const frozenFor = 5_500;
const maxStaleness = 500;
// Longer than a busy machine may let a healthy call wait.
const storageTimeout = 5_000;

let program: Bundle;

/** A process that can be frozen, as a Lambda function is between its calls. */
class Sleeper {
  readonly #process: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly told: FromSleeper[] = [];
  #calls = 0;

  constructor(setup: SleeperSetup) {
    this.#process = fork(program.file, [JSON.stringify(setup)], { execArgv: ['--no-warnings'] });
    this.#process.on('message', (message: FromSleeper) => this.told.push(message));
    this.exited = new Promise((resolve) => this.#process.once('exit', resolve));
  }

  async ready(): Promise<this> {
    await eventually(() => this.told.some(({ type }) => type === 'ready'));
    return this;
  }

  begin({ holdWork = false } = {}): number {
    this.#calls += 1;
    this.#tell({ type: 'call', id: this.#calls, holdWork });
    return this.#calls;
  }

  async settled(id: number): Promise<Extract<FromSleeper, { type: 'settled' }>> {
    const find = () => this.told.find((message) => message.type === 'settled' && message.id === id);
    await eventually(() => find() !== undefined);
    return find() as Extract<FromSleeper, { type: 'settled' }>;
  }

  call(): Promise<Extract<FromSleeper, { type: 'settled' }>> {
    return this.settled(this.begin());
  }

  /** Stops the process with SIGSTOP, and runs `meanwhile` while it can't do a thing. */
  async freeze(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    this.#process.kill('SIGSTOP');
    const over = passes(frozenFor);
    await meanwhile();
    await over;
    this.#process.kill('SIGCONT');
  }

  finishWork(): void {
    this.#tell({ type: 'finish work' });
  }

  async stop(): Promise<number | null> {
    this.#tell({ type: 'stop' });
    return this.exited;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  #tell(message: ToSleeper): void {
    this.#process.send(message);
  }
}

// Windows can't stop a process, and a relay of ours stands only before servers of ours.
const canFreeze = process.platform !== 'win32';

/** What a process does after it was frozen, on one server. */
export function describeFreezing(server: () => DynamoDBServer, kind: ServerKind): void {
  const frozen = canFreeze && kind !== 'endpoint' ? test : test.skip;
  let table: TestTable;
  let proxy: TcpProxy;
  let sleeper: Sleeper | undefined;
  /** Another worker's, which stays awake. */
  let factory: CircuitBreakerFactory;
  let awake: CircuitBreaker;

  beforeAll(() => {
    program = bundle('./sleeper.ts');
  }, 60_000);
  afterAll(() => program.remove());
  beforeEach(async () => {
    table = await makeTable(server());
    proxy = await startTcpProxy(server().port);
    factory = new CircuitBreakerFactory({ backend: table.connect(), storageTimeout: '60s', onStorageFailure: 'throw' });
    awake = factory.breakerFor('acme');
  }, 60_000);
  afterEach(async () => {
    sleeper?.kill();
    await sleeper?.exited;
    await factory.close();
    await proxy.stop();
    await table.drop();
  });

  const start = (mode: { maxStaleness: number | null }, { flushes = true } = {}): Promise<Sleeper> => {
    const clientConfig = { ...server().clientConfig, endpoint: `http://127.0.0.1:${proxy.port}` };
    sleeper = new Sleeper({ clientConfig, tableName: table.tableName, storageTimeout, flushes, ...mode });
    return sleeper.ready();
  };
  const successes = async (): Promise<number> => (await awake.information()).totalSuccesses;

  describe.each([
    ['strict', { maxStaleness: null }],
    ['with bounded staleness', { maxStaleness }],
  ])('%s', (_title, mode) => {
    frozen(
      'between two calls decides the next one by a fresh read, though its connections died meanwhile',
      async () => {
        const process = await start(mode);
        expect(await process.call()).toMatchObject({ status: 'fulfilled', decidedBy: 'store', lost: false });
        await process.freeze(() => awake.forceOpen({ reason: 'maintenance' }));
        await expectFreshRefusal(process);
        await process.freeze(async () => {
          await awake.release();
          proxy.cut();
        });
        expect(await process.call()).toMatchObject({ status: 'fulfilled', decidedBy: 'store', lost: false });
        expect(await process.stop()).toBe(0);
      },
    );

    frozen('in the middle of a job counts its outcome when it wakes', async () => {
      const process = await start(mode);
      const job = process.begin({ holdWork: true });
      await eventually(() => process.told.some((message) => message.type === 'working' && message.id === job));
      await process.freeze();
      process.finishWork();
      expect(await process.settled(job)).toMatchObject({ status: 'fulfilled', lost: false });
      await eventually(async () => (await successes()) === 1);
      expect(await process.stop()).toBe(0);
    });

    frozen('with a request on the wire settles its call, and decides by the store again', async () => {
      const process = await start(mode);
      await process.call();
      await eventually(async () => (await successes()) === 1);
      // Older than any view may be: the next call asks the store first.
      await passes(maxStaleness);
      proxy.freeze();
      const onTheWire = process.begin();
      await eventually(() => proxy.held > 0);
      await process.freeze(async () => {
        proxy.thaw();
        await awake.forceOpen({ reason: 'maintenance' });
      });
      // Its answer waits in the socket, its time is over: which of them it meets first decides, and it settles at once.
      expect(['fulfilled', 'refused']).toContain((await process.settled(onTheWire)).status);
      // Where it took the store for down, it asks again within moments.
      await eventually(async () => (await process.call()).status === 'refused');
      expect(await process.stop()).toBe(0);
    });
  });

  frozen('with successes in memory sends them when it wakes', async () => {
    const process = await start({ maxStaleness }, { flushes: false });
    await process.call();
    await eventually(async () => (await successes()) === 1);
    for (let count = 0; count < 3; count += 1) await process.call();
    await process.freeze();
    await eventually(async () => (await successes()) === 4);
    expect(await process.stop()).toBe(0);
  });
}

/** It is time that is tried here: that a process misses, and that a view grows old in. */
function passes(ms: number): Promise<void> {
  const until = performance.now() + ms;
  return eventually(() => performance.now() >= until);
}

/** Beside the call's own read there may be that of a write before it, which woke as well and lost. */
async function expectFreshRefusal(process: Sleeper): Promise<void> {
  const { status, reads } = await process.call();
  expect(status).toBe('refused');
  expect(reads).toBeGreaterThan(0);
}

/** Waits, however long a loaded machine takes; the test's own limit ends it. */
async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
