import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PackedFolder } from './packed-folder.js';
import { brokenModule, commonJsSuite, esmSuite, rightModule } from './suites.js';

/** What every runner must show: the clause, what was seen, and what is usually wrong. */
const told = [
  'A2 apply answers the record as it is afterwards',
  'nothing where the condition failed',
  'Why it matters',
];

/** A bound for what hangs: each test starts whole programs, on machines that may be busy with others, ms. */
const limit = 300_000;

let folder: PackedFolder;
beforeAll(() => {
  folder = new PackedFolder({
    'node.test.mjs': esmSuite(),
    'node.test.cjs': commonJsSuite(),
    'mocha.mjs': esmSuite(),
    'mocha.cjs': commonJsSuite(),
    'jest.test.mjs': esmSuite(),
    'jest.test.cjs': commonJsSuite(),
    'vitest.spec.mjs': esmSuite('vitest'),
    'vitest-globals.spec.mjs': esmSuite(),
    'vitest-require.spec.mjs': commonJsSuite('vitest'),
    'jest.config.json': JSON.stringify({ testMatch: ['**/jest.test.?js'], transform: {}, injectGlobals: true }),
    'right.mjs': rightModule,
    'broken.cjs': brokenModule,
    'package.json': '{ "private": true }',
  });
}, limit);
afterAll(() => folder.remove());

interface Counts {
  readonly passed: RegExp;
  readonly failed: RegExp;
  readonly skipped: RegExp;
}

/** The right backend: three pass, one is skipped; the broken one: two pass, one fails. With the harness's own test of each: 5, 1, 1. */
async function mustTell(args: readonly string[], counts: Counts, env?: Record<string, string>): Promise<void> {
  const { code, output } = await folder.run(args, env);
  for (const words of told) expect(output).toContain(words);
  expect(output).toMatch(counts.failed);
  expect(output).toMatch(counts.passed);
  expect(output).toMatch(counts.skipped);
  expect(output).toContain('so the store cannot be made unreachable');
  expect(code).not.toBe(0);
}

describe('describeStorageBackend, from the packed tarball', () => {
  const counts = {
    node: { passed: /pass 6/, failed: /fail 1\b/, skipped: /skipped 1/ },
    mocha: { passed: /6 passing/, failed: /1 failing/, skipped: /1 pending/ },
    jest: { passed: /6 passed/, failed: /1 failed/, skipped: /1 skipped/ },
    vitest: { passed: /6 passed/, failed: /1 failed/, skipped: /1 skipped/ },
  };

  test.each(['mjs', 'cjs'])(
    'node:test shows passes, failures and skips (%s)',
    async (kind) => {
      await mustTell(['--test', '--test-reporter=spec', `node.test.${kind}`], counts.node);
    },
    limit,
  );

  test.each(['mjs', 'cjs'])(
    'Mocha shows passes, failures and skips (%s)',
    async (kind) => {
      await mustTell([folder.command('mocha/bin/mocha.js'), `mocha.${kind}`], counts.mocha);
    },
    limit,
  );

  test.each(['mjs', 'cjs'])(
    'Jest shows passes, failures and skips (%s)',
    async (kind) => {
      const args = [
        '--experimental-vm-modules',
        folder.command('jest/bin/jest.js'),
        '--config',
        'jest.config.json',
        `jest.test.${kind}`,
      ];
      await mustTell(args, counts.jest);
    },
    limit,
  );

  test(
    'Jest skips a check that can’t run even where a filter leaves out the test that tries the harness',
    async () => {
      const { code, output } = await folder.run([
        folder.command('jest/bin/jest.js'),
        '--config',
        'jest.config.json',
        '--verbose',
        '-t=right backend.*(E2|R1)',
        'jest.test.cjs',
      ]);
      expect(output).toMatch(/○ skipped E2 .*so the store cannot be made unreachable\)/);
      expect(output).toMatch(/Tests: +7 skipped, 1 passed, 8 total/);
      expect(code).toBe(0);
    },
    limit,
  );

  test.each([
    ['its functions passed', ['vitest.spec.mjs']],
    ['its globals', ['vitest-globals.spec.mjs', '--globals']],
    ['the CommonJS build', ['vitest-require.spec.mjs']],
  ])(
    'Vitest shows passes, failures and skips (%s)',
    async (_, args) => {
      await mustTell([folder.command('vitest/vitest.mjs'), 'run', '--reporter=verbose', ...args], counts.vitest);
    },
    limit,
  );

  test(
    'Vitest without globals is told what to pass',
    async () => {
      const { code, output } = await folder.run([
        folder.command('vitest/vitest.mjs'),
        'run',
        'vitest-globals.spec.mjs',
      ]);
      expect(output).toContain("import { describe, it } from 'vitest'");
      expect(code).not.toBe(0);
    },
    limit,
  );
});

describe('the command, from the packed tarball', () => {
  const cli = (...args: string[]): Promise<{ readonly code: number | null; readonly output: string }> =>
    folder.run([folder.bin('@circuitry/testkit'), ...args]);

  test(
    'ends with 0 and one line to quote over a right backend',
    async () => {
      const { code, output } = await cli('./right.mjs', '--only', 'R1,A2', '--seed', '5');
      expect(output).toContain('circuitry storage contract v1 | passing: 2 of 2 checks | seed 5');
      expect(code).toBe(0);
    },
    limit,
  );

  test(
    'ends with 1 and an explanation over a broken one that is CommonJS',
    async () => {
      const { code, output } = await cli('./broken.cjs', '--only', 'a2');
      for (const words of told) expect(output).toContain(words);
      expect(code).toBe(1);
    },
    limit,
  );

  test(
    'ends with 2 where there is nothing to judge',
    async () => {
      const { code, output } = await cli('./nowhere.mjs');
      expect(output).toContain('can’t be loaded');
      expect(code).toBe(2);
    },
    limit,
  );
});
