import { expect, test } from '@jest/globals';
import { plainTable, StreamedTable } from '../src/output/table.js';
import type { Terminal } from '../src/terminal/terminal.js';

const head = ['circuit', 'state', 'why'];

async function printed(rows: readonly (readonly string[])[], width = 0): Promise<string> {
  let text = '';
  const out = async (more: string): Promise<void> => void (text += more);
  const table = new StreamedTable({ width, hasColors: false, out } as Partial<Terminal> as Terminal, head);
  for (const row of rows) await table.add(row);
  await table.flush();
  return text;
}

test('a line is what the table library makes of it, whatever is in its cells', async () => {
  const rows = [
    ['send-mail/acme', 'open', 'HTTPError 503'],
    ['漢字/テナント', '\u001b[31mopen\u001b[39m', 'é, ü, 👩‍💻'],
    ['', '', ''],
    ['a', 'closed', ''],
  ];
  expect(await printed(rows)).toBe(plainTable([head, ...rows], [16, 8, 15]));
});

test('what is too long is cut, its neighbours stay in their columns', async () => {
  const long = [
    ['x'.repeat(80), 'open', 'y'.repeat(80)],
    ['short', 'closed', 'z'],
  ];
  const lines = (await printed(long)).split('\n');
  expect(lines[1]).toMatch(/^x+… +open +y+…$/);
  expect(lines[2]?.indexOf('closed')).toBe(lines[1]?.indexOf('open'));
});

test('a column that nothing is in is left away where the screen is too narrow, and only there', async () => {
  const rows = [['send-mail/acme', '', 'HTTPError 503']];
  expect(await printed(rows, 30)).not.toContain('state');
  expect(await printed(rows, 120)).toContain('state');
});

test('a column of a long table stays: a later page may fill it', async () => {
  const rows = Array.from({ length: 200 }, (_, at) => [`send-mail/${at}`, '', 'HTTPError 503']);
  expect(await printed(rows, 30)).toContain('state');
});
