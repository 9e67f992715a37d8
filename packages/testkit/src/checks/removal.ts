import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import { longTtl, recordOf } from './records.js';

/** The ttl of what is to go, and how long that may take, ms. */
const short = 250;
const removal = 10_000;

export const removing: readonly Check[] = [
  check(
    'T5',
    'what is over is removed in the end',
    async ({ open, time }) => {
      const session = await open();
      const a = await session.connect();
      const many = 60;
      await a.store('living', null, recordOf(1), longTtl);
      for (let index = 0; index < many; index += 1) await a.store(`over ${index}`, null, recordOf(1), { ttl: short });
      const before = await session.held();
      let held = before;
      const isRemoved = await time.eventually(
        async () => {
          // A store that sweeps as it is written to gets its chance.
          for (let write = 0; write < many; write += 1) await a.apply('living', 1, { add: { n: 1 } }, longTtl);
          held = await session.held();
          return held <= before / 3;
        },
        removal,
        250,
      );
      must(isRemoved, {
        did: `stored ${many} records with a ttl of ${short} ms beside one that lives, and wrote to that one for ${removal / 1_000} s; the store held ${before}`,
        expected: 'most of those that are over are gone',
        seen: `it still holds ${held}`,
        cause:
          'The ttl is looked at when reading, and nothing ever deletes what is over: give it the store’s own ttl, or sweep. (Or the harness’s `held` does not run what your users run.)',
      });
    },
    ['held'],
  ),
];
