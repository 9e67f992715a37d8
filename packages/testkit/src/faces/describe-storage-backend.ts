import { systemTime } from '../clock.js';
import { checkedNumbers, chosenChecks, type ConformanceOptions } from '../conformance/run-conformance.js';
import { HarnessFault, type StorageHarness } from '../conformance/harness/harness.js';
import { preflight, type Capabilities } from '../conformance/preflight.js';
import { harnessResult, reasonToSkip, runCheck } from '../conformance/run-check.js';
import { lastDeclared, skipWithReason } from './jest-skips.js';
import { findRunner, type TestRunner } from './test-runner.js';
import { isVitest, tellSkips } from './vitest-skips.js';

/** How long one check may take before the runner gives up on it; the kit itself gives up earlier. */
const checkLimit = 180_000;

/** The runner’s own functions, where they are no globals, and what narrows or repeats a run. */
export type DescribeOptions = Partial<TestRunner> & Pick<ConformanceOptions, 'only' | 'repeat' | 'seed'>;

/**
 * Declares the conformance suite in the test runner at hand: Jest, Vitest, Mocha or node:test.
 *
 * One test per check, named for its clause. A check that can’t run is shown as skipped, with its reason.
 */
export function describeStorageBackend(name: string, harness: StorageHarness, options: DescribeOptions = {}): void {
  const { describe, it, beforeAll } = findRunner(options);
  const how = { ...checkedNumbers(options), time: systemTime };
  const toSkipAhead: ((capabilities: Capabilities) => void)[] = [];
  const tryOut = async (): Promise<Capabilities> => {
    const capabilities = await preflight(harness, systemTime);
    for (const skipAhead of toSkipAhead) skipAhead(capabilities);
    if (isVitest()) tellSkips(name, chosenChecks(options.only), capabilities);
    return capabilities;
  };
  let tried: Promise<Capabilities> | undefined;
  const ready = (): Promise<Capabilities> => (tried ??= tryOut());
  describe(`${name} keeps the storage contract`, () => {
    declare(it, 'the harness opens a store, connects twice, and closes', async () => {
      await ready().catch((error: unknown) => {
        throw told(error);
      });
      return null;
    });
    for (const check of chosenChecks(options.only)) {
      declare(it, check.title, async () => {
        const capabilities = await ready().catch((error: unknown) => {
          throw told(error);
        });
        const results = await runCheck(check, harness, capabilities, how);
        const failed = results.find(({ outcome }) => outcome === 'failed');
        if (failed !== undefined) throw withoutStack(failed.explanation ?? failed.title);
        return results[0]?.outcome === 'skipped' ? (results[0].explanation ?? 'no reason given') : null;
      });
      const inJest = lastDeclared();
      if (inJest === null) continue;
      toSkipAhead.push((capabilities) => {
        const reason = reasonToSkip(check, capabilities);
        if (reason !== null) skipWithReason(inJest, reason);
      });
    }
    // Before whichever test is the first: a filter or a shuffle may leave the harness's own for later.
    if (toSkipAhead.length > 0) beforeAll?.(() => ready().then(ignore, ignore), checkLimit);
  });
}

/** Declares one test; `run` answers why it is skipped, or null. */
function declare(it: TestRunner['it'], title: string, run: () => Promise<string | null>): void {
  // No named parameters: a runner that counts them would wait for a callback.
  async function test(this: unknown, ...context: unknown[]): Promise<void> {
    raiseLimit(this);
    const reason = await run();
    if (reason !== null) skip(this, context[0], title, reason);
  }
  it(title, test, checkLimit);
}

/** Mocha gives its limit through `this`; the others take it as an argument. */
function raiseLimit(self: unknown): void {
  const mocha = self as { timeout?: (ms: number) => void } | undefined;
  if (typeof mocha?.timeout === 'function') mocha.timeout(checkLimit);
}

function skip(self: unknown, context: unknown, title: string, reason: string): void {
  const own = context as { skip?: (reason: string) => void } | undefined;
  if (typeof own?.skip === 'function') return own.skip(reason);
  const mocha = self as { skip?: () => void; test?: { title: string } } | undefined;
  if (typeof mocha?.skip === 'function') {
    if (mocha.test !== undefined) mocha.test.title += ` (skipped: ${reason})`;
    return mocha.skip();
  }
  process.stderr.write(`skipped: ${title}: ${reason}\n`);
}

function ignore(): void {
  // A harness at fault is told by every test.
}

function told(error: unknown): unknown {
  return error instanceof HarnessFault ? withoutStack(harnessResult(error).explanation as string) : error;
}

/** The explanation is the whole story: a stack through the kit would only hide it. */
function withoutStack(message: string): Error {
  const error = new Error(message);
  error.stack = `${error.name}: ${message}`;
  return error;
}
