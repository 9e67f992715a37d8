import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Leaves a package's counts and failures in .test-results/jest.json, where tooling/test.mjs adds them up and repeats
 * them at the end: a long log's beginning may be lost by whoever keeps it.
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
      failures: failures(results),
      // Who finds an older time than its own beginning looks at a run that turbo remembered.
      endedAt: Date.now(),
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

/** What failed, with its file and message. */
function failures(results) {
  return results.testResults.flatMap((file) => {
    const failed = file.testResults.filter((test) => test.status === 'failed');
    const told = failed.map((test) => ({ title: test.fullName, message: test.failureMessages.join('\n') }));
    // A file that could not be run has a message of its own, and no test.
    if (told.length === 0 && file.testExecError) told.push({ title: 'the file itself', message: file.failureMessage });
    return told.map((failure) => ({ file: basename(file.testFilePath), ...failure }));
  });
}
