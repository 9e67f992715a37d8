import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Leaves a package's counts in .test-results/jest.json, where tooling/test.mjs adds them up.
 * A file that could not be run at all counts as one failure, so that it can't hide.
 */
// eslint-disable-next-line no-restricted-exports -- jest loads a reporter from a module's default export
export default class CountsReporter {
  constructor(globalConfig) {
    this.rootDir = globalConfig.rootDir;
  }

  onRunComplete(_contexts, results) {
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
      skippedTests: skippedTests(results),
    };
    const folder = join(this.rootDir, '.test-results');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'jest.json'), `${JSON.stringify(counts, null, 2)}\n`);
  }
}

function skippedTests(results) {
  return results.testResults
    .flatMap((file) => file.testResults)
    .filter((test) => test.status === 'pending' || test.status === 'todo')
    .map((test) => test.fullName);
}
