import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../command.mjs';
import { kinds, measure, wayOfACall } from '../path-of-a-call.mjs';

// The most that a call may pass: what somebody new can follow in one sitting. Numbers here may only fall.
const most = { strict: { files: 24, hops: 60 }, bounded: { files: 10, hops: 18 } };

it.each(Object.keys(kinds))('a %s call that succeeds passes no more of core than its path may', async (kind) => {
  // On a busy machine a timer of the process may fall into the call, and is no part of its way: the shortest of some counts.
  const measured = [];
  for (let time = 0; time < 5; time += 1) measured.push(measure(await wayOfACall(kinds[kind])));
  const { files, hops } = measured.toSorted((one, other) => one.hops - other.hops)[0];
  console.log(`${kind}: ${files} files, ${hops} hops`);
  expect(files).toBeLessThanOrEqual(most[kind].files);
  expect(hops).toBeLessThanOrEqual(most[kind].hops);
});

it('the way is the whole call: from the breaker to the backend and back', async () => {
  const way = (await wayOfACall(kinds.strict)).map(({ file, name }) => `${file} ${name}`);
  expect(way[0]).toBe('breaker/breaker.ts execute');
  expect(way).toContain('memory/memory-backend.ts retrieve');
  expect(way).toContain('memory/memory-backend.ts apply');
  expect(way.at(-1)).toBe('outcomes/outbox.ts #allSent');
});

it('docs/architecture.md names every file on the way of a strict call, and no other', async () => {
  const text = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');
  const [section] = text.split('## The way of a strict call')[1].split('Under bounded staleness');
  const named = new Set([...section.matchAll(/`([a-z/-]+\/[a-z-]+\.ts)`/g)].map(([, file]) => file));
  const passed = new Set((await wayOfACall(kinds.strict)).map(({ file }) => file));
  expect([...named].toSorted()).toEqual([...passed].toSorted());
});
