import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/**
 * Leaves the counts and failures of a Vitest run in the file that CIRCUITRY_COUNTS_FILE names, as jest-reporter.mjs does
 * for Jest. A file that could not be run at all, and an error outside of every test, count as one failure each.
 */
// eslint-disable-next-line no-restricted-exports -- Vitest loads a reporter from a module's default export
export default class CountsReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (wanted) => tests.filter((test) => test.result().state === wanted);
    const failures = [
      ...inState('failed').map((test) => failure(test.module, test.fullName, test.result().errors)),
      ...modules
        .filter((module) => module.errors().length > 0)
        .map((module) => failure(module, 'the file itself', module.errors())),
      ...unhandledErrors.map((error) => ({ file: 'no file', title: 'outside of every test', message: textOf(error) })),
    ];
    const skipped = inState('skipped');
    const counts = {
      passed: inState('passed').length,
      failed: failures.length,
      skipped: skipped.length,
      skippedTests: skipped.map((test) => `${test.fullName} (skipped: ${test.result().note ?? 'no reason given'})`),
      failures,
    };
    const file = process.env.CIRCUITRY_COUNTS_FILE;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(counts, null, 2)}\n`);
  }
}

function failure(module, title, errors) {
  return { file: basename(module.moduleId), title, message: errors.map(textOf).join('\n') };
}

function textOf(error) {
  return error.stack ?? error.message;
}
