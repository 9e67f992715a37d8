import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PackedFolder } from './packed-folder.js';
import {
  brokenModule,
  commonJsSuite,
  esmSuite,
  keptAliveModule,
  rightModule,
  throwingModule,
  typeScriptModule,
  unheardModule,
} from './suites.js';

/** What every runner must show: the clause, what was seen, and what is usually wrong. */
const told = [
  'A2 apply answers the record as it is afterwards',
  'nothing where the condition failed',
  'Why it matters',
];

/** What each suite is called by, and what runners that name their sums alike say of both, or of one. */
const both = ['mjs', 'cjs'];
const twice = { passed: /12 passed/, failed: /2 failed/, skipped: /2 skipped/ };
const once = { passed: /6 passed/, failed: /1 failed/, skipped: /1 skipped/ };

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
    'unheard.mjs': unheardModule,
    'throwing.mjs': throwingModule,
    'kept-alive.mjs': keptAliveModule,
    'typed.ts': typeScriptModule,
    'package.json': '{ "private": true }',
  });
}, limit);
afterAll(() => folder.remove());

interface Counts {
  readonly passed: RegExp;
  readonly failed: RegExp;
  readonly skipped: RegExp;
}

/**
 * Runs a suite as an ES module and one in CommonJS, or one alone. Each has a right backend, of which four tests pass and
 * one is skipped, and a broken one, of which two pass and one fails: so the sums tell that each did as it should.
 */
async function mustTell(args: readonly string[], counts: Counts, kinds: readonly string[] = both): Promise<void> {
  const { code, output } = await folder.run(args);
  for (const words of [...told, 'so the store cannot be made unreachable'])
    expect(output.split(words).length - 1).toBeGreaterThanOrEqual(kinds.length);
  for (const kind of kinds) expect(output).toContain(`a broken backend (${kind})`);
  expect(output).toMatch(counts.failed);
  expect(output).toMatch(counts.passed);
  expect(output).toMatch(counts.skipped);
  expect(code).not.toBe(0);
}

describe('describeStorageBackend, from the packed tarball, in ES modules and in CommonJS', () => {
  test(
    'node:test shows passes, failures and skips',
    async () => {
      await mustTell(['--test', '--test-reporter=spec', 'node.test.mjs', 'node.test.cjs'], {
        passed: /pass 12/,
        failed: /fail 2\b/,
        skipped: /skipped 2/,
      });
    },
    limit,
  );

  test(
    'Mocha shows passes, failures and skips',
    async () => {
      await mustTell([folder.command('mocha/bin/mocha.js'), 'mocha.mjs', 'mocha.cjs'], {
        passed: /12 passing/,
        failed: /2 failing/,
        skipped: /2 pending/,
      });
    },
    limit,
  );

  test(
    'Jest shows passes, failures and skips',
    async () => {
      const jest = ['--experimental-vm-modules', folder.command('jest/bin/jest.js'), '--config', 'jest.config.json'];
      await mustTell([...jest, '--runInBand', '--verbose', 'jest.test'], twice);
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

  test(
    'Vitest shows passes, failures and skips, with their reasons, by its default reporter',
    async () => {
      await mustTell([folder.command('vitest/vitest.mjs'), 'run', 'vitest.spec', 'vitest-require.spec'], twice);
    },
    limit,
  );

  test(
    'Vitest shows passes, failures and skips where its functions are globals',
    async () => {
      const vitest = [folder.command('vitest/vitest.mjs'), 'run', '--reporter=verbose', '--globals'];
      await mustTell([...vitest, 'vitest-globals.spec'], once, ['mjs']);
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
      expect(output).toContain('1/1 FAILED A2');
      expect(code).toBe(1);
    },
    limit,
  );

  test.each([
    ['tap', /^TAP version 14\n1\.\.2\n# seed \d+\nok 1 - R1 .*\nok 2 - A2 .*\n$/],
    ['json', /^\{[^]*"message": "passing: 2 of 2 checks"[^]*\}\n$/],
    ['junit', /^<\?xml [^]*<testsuites tests="2" failures="0" skipped="0">[^]*<\/testsuites>\n$/],
  ])(
    'writes the report as %s, and nothing beside it, and takes the options for it',
    async (format, written) => {
      const { code, output } = await cli('./right.mjs', '--only', 'r1, A2', '--format', format, '--repeat', '2');
      expect(output).toMatch(written);
      expect(code).toBe(0);
    },
    limit,
  );

  test(
    'reports to the end over a backend with a rejection that nothing awaits, and ends with 1',
    async () => {
      const { code, output } = await cli('./unheard.mjs', '--only', 'R1');
      expect(output).toContain('passing: 1 of 1 checks');
      expect(output).toMatch(/nothing awaits it[^]*nobody hears this/);
      expect(code).toBe(1);
    },
    limit,
  );

  test(
    'reports to the end over a backend that throws from a timer, and ends with 1',
    async () => {
      const { code, output } = await cli('./throwing.mjs', '--only', 'R1');
      expect(output).toContain('passing: 1 of 1 checks');
      expect(output).toMatch(/nothing catches it[^]*nobody catches this/);
      expect(code).toBe(1);
    },
    limit,
  );

  test(
    'reports to the end where a watch listener’s error is thrown from a timer, and blames W4',
    async () => {
      const { code, output } = await cli('./throwing.mjs', '--only', 'W4');
      expect(output).toContain('failing: 0 of 1 checks');
      expect(output).toContain('nobody caught it');
      expect(code).toBe(1);
    },
    limit,
  );

  test(
    'ends with 1 over a backend that keeps the process alive after it was closed',
    async () => {
      const { code, output } = await cli('./kept-alive.mjs', '--only', 'R1');
      expect(output).toContain('passing: 1 of 1 checks');
      expect(output).toMatch(/E6 is broken: .*would still not end by itself/);
      expect(output).toMatch(/keeps it alive.*Timeout/);
      expect(code).toBe(1);
    },
    limit,
  );

  test(
    'runs a harness in TypeScript where Node does, or says how',
    async () => {
      const { code, output } = await cli('./typed.ts', '--only', 'R1');
      const runsTypes = 'typescript' in process.features && process.features.typescript !== false;
      expect(output).toContain(runsTypes ? 'passing: 1 of 1 checks' : 'node --import tsx');
      expect(code).toBe(runsTypes ? 0 : 2);
    },
    limit,
  );

  test(
    'says its version',
    async () => {
      const { code, output } = await cli('--version');
      expect(output).toMatch(/^\d+\.\d+\.\d+\n$/);
      expect(code).toBe(0);
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
