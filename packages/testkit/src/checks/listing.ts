import type { NamedRecord } from '@circuitry/core';
import { nextTurn } from '../clock.js';
import { range } from '../concurrency/together.js';
import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { show } from '../conformance/telling/show.js';
import { longTtl, mustEqual, recordOf } from './records.js';
import { mustRejectWith } from './rejections.js';

export const listing: readonly Check[] = [
  check('I1', 'list yields every record at least once, in pages of any size, and ends', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const names = range(120).map((index) => `tenant-${index}`);
    await inBatches(names, (name, index) => a.store(name, null, recordOf(index + 1), longTtl));
    const cause = 'The first record of a page is skipped, the last page is left out, or only the first page is read.';
    for (const pageSize of [undefined, 1, 7, 40, 1_000]) {
      const listed = await b.list(pageSize === undefined ? undefined : { pageSize });
      mustHaveAll(
        names,
        listed,
        `stored ${names.length} records, listed them with pageSize ${pageSize ?? 'left out'}`,
        cause,
      );
      for (const { name, record } of listed) {
        mustEqual(recordOf(names.indexOf(name) + 1), record, {
          did: `listed: the record of ${show(name)}`,
          cause: 'Names and records are paired wrongly, or read in two steps.',
        });
      }
    }
  }),

  check(
    'I1',
    'list yields every record that lives throughout, while others come and go',
    async ({ handles, random }) => {
      const [a, b] = (await handles(2)) as [Handle, Handle];
      const staying = range(100).map((index) => `staying ${index}`);
      const going = range(60).map((index) => `going ${index}`);
      const all = random.shuffle([...staying, ...going]);
      await inBatches(all, (name) => a.store(name, null, recordOf(1), longTtl));
      let made = 0;
      const disturb = async (): Promise<void> => {
        if (going.length > 0) await a.delete(going.pop() as string);
        if (made < 60) await a.store(`coming ${(made += 1)}`, null, recordOf(1), longTtl);
        await a.apply(random.pick(staying), 1, { add: { n: 1 } }, longTtl);
        await nextTurn();
      };
      const listed = await b.list({ pageSize: 10 }, async (yielded) => (yielded % 3 === 0 ? disturb() : undefined));
      mustHaveAll(
        staying,
        listed,
        'listed 160 records in pages of 10 while 60 of them were deleted, 60 more were stored, and others applied to',
        'Pages are counted by position, so that a deletion shifts a record over the edge and out of sight.',
      );
    },
  ),

  check(
    'I1',
    'list rejects over a corrupt record and never skips it',
    async ({ open }) => {
      const session = await open();
      const a = await session.connect();
      for (const name of ['one', 'two', 'three']) await a.store(name, null, recordOf(1), longTtl);
      await session.corrupt('two');
      await mustRejectWith('ERR_CORRUPT_RECORD', () => a.list(), {
        did: 'damaged one of three records, then listed',
        cause:
          'What can’t be read is skipped, so that an operator never hears of it. (Or the harness’s `corrupt` does nothing.)',
      });
    },
    ['corrupt'],
  ),

  check('I2', 'a prefix is plain text at the start of the name', async ({ handles }) => {
    const [a] = (await handles(1)) as [Handle];
    const names = [
      'mail:acme',
      'mail:Acme',
      'Mail:acme',
      'mail',
      'email:acme',
      'm*',
      'm?il',
      '[m]ail',
      'ma.l',
      'm%',
      'm_il',
      'm\\ail',
      '^mail',
      'ä',
      'a\u0308',
      '🚀a',
      '🚀b',
      'mai',
      'mb',
    ];
    for (const [index, name] of names.entries()) await a.store(name, null, recordOf(index + 1), longTtl);
    const cause =
      'The prefix is handed to a pattern match (`*`, `?`, `[`, `%`, `_` or `.` mean something), matched anywhere in the name, or folded.';
    for (const prefix of [
      'mail:',
      'mail',
      'm',
      'm*',
      'm?',
      '[m]',
      'ma.',
      'm%',
      'm_',
      'm\\',
      '^',
      '*',
      'a',
      '🚀',
      'mail:acme',
      'nothing',
      '',
    ]) {
      const expected = names.filter((name) => name.startsWith(prefix)).sort();
      const listed = [...new Set((await a.list({ prefix, pageSize: 3 })).map(({ name }) => name))].sort();
      must(show(listed, 1_000) === show(expected, 1_000), {
        did: `stored ${show(names, 300)}; listed with prefix ${show(prefix)}`,
        expected: show(expected, 300),
        seen: show(listed, 300),
        cause,
      });
    }
  }),
];

function mustHaveAll(names: readonly string[], listed: readonly NamedRecord[], did: string, cause: string): void {
  const found = new Set(listed.map(({ name }) => name));
  const missing = names.filter((name) => !found.has(name));
  must(missing.length === 0, {
    did,
    expected: `all ${names.length}`,
    seen: `${missing.length} are missing: ${show(missing, 200)}`,
    cause,
  });
}

async function inBatches(
  names: readonly string[],
  store: (name: string, index: number) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < names.length; start += 20) {
    await Promise.all(names.slice(start, start + 20).map((name, index) => store(name, start + index)));
  }
}
