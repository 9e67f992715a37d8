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
    for (const row of rows) {
      const title = row.split(' | ')[0] as string;
      const line = documented.split('\n').find((text) => text.startsWith(`${title} |`));
      expect([title, line]).toEqual([title, expect.any(String)]);
      // How many refreshes of a view and flushes of a buffer fall into a second is a little up to chance.
      if (title.includes('calls/s')) expectAlike(row, line as string);
      else expect(line).toBe(row);
    }
  });
});

/** The same within a factor of two. */
function expectAlike(measured: string, documented: string): void {
  const numbers = (row: string): number[] =>
    row
      .split(' | ')
      .slice(1)
      .map((cell) => Number(cell.replace(/[^\d]/g, '')));
  numbers(measured).forEach((value, index) => {
    const claimed = numbers(documented)[index] as number;
    expect(value).toBeLessThanOrEqual(claimed * 2);
    expect(value).toBeGreaterThanOrEqual(claimed / 2);
  });
}
