import { expect, it } from '@jest/globals';
import { install } from '../nodes.mjs';
import { others, runFirstProgram } from '../runtimes.mjs';

// Bun and Deno are for `npm run test:nodes`: the strictest of them stands for all, it forbids most.
const version = others.miniflare;
const folder = install('miniflare', version);
const where = folder === null ? it.skip : it;
const reason = folder === null ? ` (miniflare ${version} can't be installed here)` : '';

where(`workerd runs the first program of core's README${reason}`, () => {
  expect(runFirstProgram('miniflare', folder)).toEqual({
    printed: expect.stringContaining('requeued in 30 s'),
    fault: null,
  });
});
