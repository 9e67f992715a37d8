import { expect, it } from '@jest/globals';
import { buildSync } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../command.mjs';

/** The goal is 14,000: docs/decisions/0010-size-of-core.md says what is more, and why. The budget holds the line. */
const budget = 38_700;

it(`everything that @circuitry/core exports is at most ${budget} bytes, minified and gzipped`, () => {
  const { outputFiles } = buildSync({
    stdin: { contents: "export * from './index.js';", resolveDir: join(root, 'packages', 'core', 'dist') },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  const size = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  console.log(`@circuitry/core: ${size} of ${budget} bytes, minified and gzipped`);
  expect(size).toBeLessThanOrEqual(budget);
  const readme = readFileSync(join(root, 'packages', 'core', 'README.md'), 'utf8');
  expect(readme).toContain(`${Math.round(size / 1_000)} kB minified and gzipped`);
});
