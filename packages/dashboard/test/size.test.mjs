import { expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { bundled } from '../src/assets/bundled.mjs';

const budget = 60 * 1_024;

test(`all that the page loads is at most ${budget} bytes gzipped`, () => {
  const sizes = Object.entries(bundled).map(([name, text]) => [name, gzipSync(text, { level: 9 }).length]);
  const all = sizes.reduce((sum, [, size]) => sum + size, 0);
  console.log(`The page: ${all} of ${budget} bytes gzipped (${sizes.map((each) => each.join(' ')).join(', ')})`);
  expect(all).toBeLessThanOrEqual(budget);
});

test('the page holds nothing that could turn text into markup or code', () => {
  expect(bundled.app).not.toMatch(/\beval\(|new Function\(|document\.write|insertAdjacentHTML/);
});
