import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CircuitBreakerFactory } from '@circuitry/core';
import { costTable, measureCosts, type MeasuredCost } from './support/costs.js';
import { before, countSent } from './support/interpose.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable } from './support/tables.js';

/** What puts a circuit into the index of troubled ones, or takes it out. */
const movesInIndex = new Set([
  'strict, the failure that trips',
  'strict, half-open, a trial that closes (`closeThreshold: 1`)',
  'strict, half-open, the last of 3 trials, which closes',
]);

describeOnEachServer('a protected call', (server, kind) => {
  /** dynalite does not answer the item on a failed condition: a lost write costs it one more read. */
  const answersItem = kind !== 'dynalite';
  /** dynalite does not charge for secondary indexes. */
  const chargesIndex = kind !== 'dynalite';
  let costs: readonly MeasuredCost[] = [];
  const costOf = (title: string): MeasuredCost => costs.find((cost) => cost.title === title) as MeasuredCost;

  test('of every kind can be measured', async () => {
    costs = await measureCosts(() => makeTable(server()));
    for (const { title, operations, readUnits, writeUnits } of costs) {
      const { GetItem: reads = 0, UpdateItem: updates = 0, PutItem: puts = 0, ...others } = operations;
      expect([title, others]).toEqual([title, {}]);
      // A small item costs one unit a request: what the server charged is what the SDK sent, and what the index took.
      const index = chargesIndex && movesInIndex.has(title) ? 1 : 0;
      expect([title, readUnits, writeUnits]).toEqual([title, reads, updates + puts + index]);
    }
  }, 120_000);

  test('in the strict way costs exactly one consistent read and one write while closed', () => {
    expect(costOf('strict, closed, success').operations).toEqual({ GetItem: 20, UpdateItem: 20 });
    expect(costOf('strict, closed, failure').operations).toEqual({ GetItem: 4, UpdateItem: 4 });
    expect(costOf('strict, first call of a circuit').operations).toEqual({ GetItem: 1, PutItem: 1 });
  });

  test('that trips its circuit costs one write more', () => {
    expect(costOf('strict, the failure that trips').operations).toEqual({ GetItem: 1, UpdateItem: 1, PutItem: 1 });
  });

  test(`that loses the race to trip costs no more than the one that wins it${answersItem ? '' : ', but for a read, on this server only'}`, async () => {
    const table = await makeTable(server());
    const operations: Record<string, number> = {};
    const client = table.client();
    const settings = { failureCountThreshold: 2, allowAfter: '1m', storageTimeout: '1m' } as const;
    const winner = new CircuitBreakerFactory({ backend: table.connect(), ...settings });
    const loser = new CircuitBreakerFactory({ backend: table.connect({ client }), ...settings });
    const fail = (factory: CircuitBreakerFactory): Promise<unknown> =>
      factory.breakerFor('acme').settle(() => Promise.reject(new Error('the dependency is down')));
    await fail(winner);
    // Its own failure is counted, and the trip that follows from it is the other's.
    before(client, 'PutItemCommand', () => fail(winner));
    countSent(client, (name) => (operations[name] = (operations[name] ?? 0) + 1));
    await fail(loser);
    const rereads = answersItem ? 0 : 1;
    expect(operations).toEqual({ GetItem: 1 + rereads, UpdateItem: 1, PutItem: 1 });
    expect((await loser.breakerFor('acme').information()).state).toBe('open');
    await Promise.all([winner.close(), loser.close()]);
    await table.drop();
  });

  test('that is refused costs one read', () => {
    expect(costOf('strict, open, refused').operations).toEqual({ GetItem: 20 });
  });

  test('writes to the index of troubled circuits when it opens and when it closes, and in no other case', () => {
    const extra = costs.flatMap(({ title, writeUnits, operations: { UpdateItem = 0, PutItem = 0 } }) =>
      writeUnits === UpdateItem + PutItem ? [] : [title],
    );
    expect(extra).toEqual(chargesIndex ? [...movesInIndex] : []);
  });

  const documentedCosts = chargesIndex ? test : test.skip;
  documentedCosts(
    `costs what docs/dynamodb.md says${chargesIndex ? '' : ' (skipped: dynalite does not charge for indexes)'}`,
    () => {
      const documented = readFileSync(new URL('../../../docs/dynamodb.md', import.meta.url), 'utf8');
      const [head = '', rule = '', ...rows] = costTable(costs).split('\n');
      expect(documented).toContain(`${head}\n${rule}\n`);
      const lines = documented.split('\n');
      // On virtual time even the calls that are paced cost the same in every run.
      expect(rows.map((row) => lines.find((line) => line === row) ?? `not in the document: ${row}`)).toEqual(rows);
    },
  );
});
