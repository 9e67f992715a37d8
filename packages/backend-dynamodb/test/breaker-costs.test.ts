import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { costTable, measureCosts, type MeasuredCost } from './support/costs.js';
import { describeOnOneServer } from './support/servers.js';
import { makeTable } from './support/tables.js';

describeOnOneServer('a protected call', (server) => {
  let costs: readonly MeasuredCost[] = [];
  const costOf = (title: string): MeasuredCost => costs.find((cost) => cost.title === title) as MeasuredCost;

  test('of every kind can be measured', async () => {
    costs = await measureCosts(() => makeTable(server()));
    for (const { title, operations, readUnits, writeUnits } of costs) {
      const { GetItem: reads = 0, UpdateItem: updates = 0, PutItem: puts = 0, ...others } = operations;
      expect([title, others]).toEqual([title, {}]);
      // A small item costs one unit a request: what the server charged is what the SDK sent.
      expect([title, readUnits, writeUnits]).toEqual([title, reads, updates + puts]);
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

  test('that is refused costs one read', () => {
    expect(costOf('strict, open, refused').operations).toEqual({ GetItem: 20 });
  });

  test('costs what docs/dynamodb.md says', () => {
    const documented = readFileSync(new URL('../../../docs/dynamodb.md', import.meta.url), 'utf8');
    const [head = '', rule = '', ...rows] = costTable(costs).split('\n');
    expect(documented).toContain(`${head}\n${rule}\n`);
    const lines = documented.split('\n');
    // On virtual time even the calls that are paced cost the same in every run.
    expect(rows.map((row) => lines.find((line) => line === row) ?? `not in the document: ${row}`)).toEqual(rows);
  });
});
