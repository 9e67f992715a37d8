import { isVitest } from './vitest-skips.js';

/** What the kit needs of a test runner. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, test: (this: unknown, ...context: unknown[]) => Promise<void>, limit?: number) => unknown;
  /** Of use in Jest alone, and only where its globals are turned off: skips are told before the first test. */
  readonly beforeAll?: ((run: () => Promise<void>, limit?: number) => unknown) | undefined;
}

/** The runner's functions: those given, else its globals, else node:test. */
export function findRunner(given: Partial<TestRunner>): TestRunner {
  const globals = globalThis as Partial<TestRunner>;
  const describe = given.describe ?? globals.describe;
  const it = given.it ?? globals.it;
  if (typeof describe === 'function' && typeof it === 'function')
    return { describe, it, beforeAll: given.beforeAll ?? globals.beforeAll };
  const runner = runnerWithoutGlobals();
  if (runner !== null) {
    throw new TypeError(
      `describeStorageBackend found no global describe and it. Pass them: import { describe, it } from '${runner}' and give { describe, it } as the third argument.`,
    );
  }
  return nodeTest();
}

function runnerWithoutGlobals(): string | null {
  if (isVitest()) return 'vitest';
  if (process.env['JEST_WORKER_ID'] !== undefined) return '@jest/globals';
  return null;
}

function nodeTest(): TestRunner {
  const builtin = (process as { getBuiltinModule?: (id: string) => unknown }).getBuiltinModule?.('node:test');
  if (builtin === undefined) {
    throw new TypeError(
      "describeStorageBackend found no global describe and it. Pass your runner's { describe, it } as the third argument.",
    );
  }
  return builtin as TestRunner;
}
