import { expect, it } from '@jest/globals';
import { compared } from '../guard.mjs';

const baseline = { 'closed-calls': { 'ours / theirs': 0.8 } };
const run = (ratio) => ({
  items: { 'closed-calls': { ratios: { 'ours / theirs': ratio, 'not in the baseline': 9 } } },
});

it('says nothing but the count where no ratio is much worse', () => {
  expect(compared(run(1.1), baseline)).toEqual([
    '1 ratio compared with the baseline, 0 of them more than 1.6 times as bad.',
  ]);
});

it('names each ratio that is', () => {
  const [warning] = compared(run(1.6), baseline);
  expect(warning).toBe('warning: closed-calls: ours / theirs is 1.60, and was 0.800');
});
