import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../command.mjs';
import { kinds, measure, wayOfACall } from '../path-of-a-call.mjs';

// What is reached. The goals are 24 files and 60 hops of a strict call, 10 and 18 of a bounded one: numbers here may only fall.
const most = { strict: { files: 39, hops: 130 }, bounded: { files: 17, hops: 28 } };

it.each(Object.keys(kinds))('a %s call that succeeds passes no more of core than its path may', async (kind) => {
  const { files, hops } = measure(await wayOfACall(kinds[kind]));
  console.log(`${kind}: ${files} files, ${hops} hops`);
  expect(files).toBeLessThanOrEqual(most[kind].files);
  expect(hops).toBeLessThanOrEqual(most[kind].hops);
});

it('the way is the whole call: from the breaker to the backend and back', async () => {
  const way = (await wayOfACall(kinds.strict)).map(({ file, name }) => `${file} ${name}`);
  expect(way[0]).toBe('breaker/breaker.ts execute');
  expect(way).toContain('memory/memory-backend.ts retrieve');
  expect(way).toContain('memory/memory-backend.ts apply');
  expect(way.at(-1)).toBe('outcomes/departures.ts end');
});

it('docs/architecture.md names every file on the way of a strict call, and no other', async () => {
  const text = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');
  const [section] = text.split('## The way of a strict call')[1].split('Under bounded staleness');
  const named = new Set([...section.matchAll(/`([a-z/-]+\/[a-z-]+\.ts)`/g)].map(([, file]) => file));
  const passed = new Set((await wayOfACall(kinds.strict)).map(({ file }) => file));
  expect([...named].toSorted()).toEqual([...passed].toSorted());
});
