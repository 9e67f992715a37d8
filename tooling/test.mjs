/**
 * npm test: sets up, then builds, lints, type-checks and tests every package, and adds up the tests' counts.
 * turbo skips what has not changed since it last passed, tests too where they would run on the same servers and the same
 * Node; arguments go to turbo (--force runs everything).
 */
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, say } from './command.mjs';
import { serversFound } from './servers/found.mjs';
import { setup } from './setup.mjs';
import { nodeOfTests, rememberingTests } from './turbo-cache.mjs';

/** Enough for the message and where it was thrown. */
const linesOfAFailure = 20;

const begunAt = Date.now();
await setup();

say('Looking for the servers that the tests run on');
const servers = serversFound();
for (const line of servers.told) console.log(`  ${line}`);

const packages = workspacePackages();
for (const { folder } of packages) rmSync(countsFile(folder), { force: true });

say('Building, linting, type-checking and testing every package, but for what passed before and has not changed');
const code = await run(
  'turbo',
  [
    'run',
    'build',
    'lint',
    'typecheck',
    'test',
    'test:third-party',
    ...rememberingTests(),
    // Go on past a failure: one run tells everything that is wrong.
    '--continue=dependencies-successful',
    // A third of the time tests wait, for servers, leases and commands: more of them than processors.
    '--concurrency=150%',
    '--output-logs=new-only',
    '--log-order=grouped',
    ...process.argv.slice(2),
  ],
  { CIRCUITRY_TEST_SERVERS: servers.key, CIRCUITRY_TEST_NODE: nodeOfTests() },
);

const counted = packages.map(({ name, folder }) => ({ name, ...readCounts(folder) }));
listSkipped(counted);
listPackages(counted);
listFailures(counted);
// The last line, and it never claims that nothing failed after a failed build or lint.
const failed = Math.max(sum(counted, 'failed'), code === 0 ? 0 : 1);
if (code !== 0) console.log('\nSomething failed: what and why stands above, in full where it happened.');
console.log(`\n${sum(counted, 'passed')} passed, ${failed} failed, ${sum(counted, 'skipped')} skipped`);
process.exitCode = failed === 0 ? 0 : 1;

/** The packages that have tests to run. */
function workspacePackages() {
  const parents = ['packages', 'examples'].filter((parent) => existsSync(join(root, parent)));
  const folders = parents.flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(parent, name)));
  return [...folders, 'benchmarks', 'site', 'tooling']
    .map((folder) => ({ folder, manifest: join(root, folder, 'package.json') }))
    .filter(({ manifest }) => existsSync(manifest))
    .map(({ folder, manifest }) => ({ folder, ...JSON.parse(readFileSync(manifest, 'utf8')) }))
    .filter(({ scripts }) => scripts?.test !== undefined);
}

function countsFile(folder) {
  return join(root, folder, '.test-results', 'jest.json');
}

/** What tooling/jest-reporter.mjs left behind, or zeros where no test ran. */
function readCounts(folder) {
  const file = countsFile(folder);
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0, skippedTests: [], failures: [], ran: false };
  return { ...JSON.parse(readFileSync(file, 'utf8')), ran: true };
}

/** Skipped tests by their reason. */
function listSkipped(counted) {
  const byReason = new Map();
  for (const { name, skippedTests } of counted) {
    for (const title of skippedTests) {
      const reason = reasonOf(title);
      const tests = byReason.get(reason) ?? new Map();
      tests.set(name, (tests.get(name) ?? 0) + 1);
      byReason.set(reason, tests);
    }
  }
  if (byReason.size > 0) console.log('\nSkipped tests, by reason:');
  for (const [reason, tests] of [...byReason].sort()) {
    console.log(`  ${reason}`);
    for (const [name, count] of tests) console.log(`    ${name}: ${count}`);
  }
}

/** What stands in a title's brackets, `skipped: ` before it or not, or after `skipped: ` where there are none. */
function reasonOf(title) {
  const inBrackets = [...title.matchAll(/\(((?:[^()]|\([^()]*\))+)\)/g)].map(([, words]) => words);
  const marked = inBrackets.find((words) => words.startsWith('skipped: ')) ?? /(skipped: .*)$/.exec(title)?.[1];
  return (marked ?? inBrackets[0] ?? 'no reason is given').replace('skipped: ', '');
}

function listPackages(counted) {
  console.log('\nTests by package:');
  for (const counts of counted) {
    const { name, ran, passed, failed, skipped } = counts;
    const line = ran
      ? `${passed} passed, ${failed} failed, ${skipped} skipped${whenRemembered(counts)}`
      : 'no test ran';
    console.log(`  ${name.padEnd(38)} ${line}`);
  }
  if (!counted.some(isRemembered)) return;
  console.log(
    '\nWhat is from the cache was not run again: nothing that those tests read has changed since they passed, nor the',
  );
  console.log('servers and the Node that they would run on. `npm test -- --force` runs everything.');
}

function whenRemembered(counts) {
  // Swedish dates are written as computers sort them.
  return isRemembered(counts) ? `, from the cache: run at ${new Date(counts.endedAt).toLocaleString('sv')}` : '';
}

/** Whether these counts are of a run before this one, that turbo took from its cache. */
function isRemembered({ endedAt }) {
  return endedAt < begunAt;
}

function listFailures(counted) {
  for (const { name, failures } of counted) {
    for (const { file, title, message } of failures) {
      console.log(`\nFailed: ${name}, ${file}: ${title}\n${message.split('\n').slice(0, linesOfAFailure).join('\n')}`);
    }
  }
}

function sum(counted, key) {
  return counted.reduce((total, counts) => total + counts[key], 0);
}
