/** npm run demo [-- ARGUMENTS]: sets up, builds what the example needs, and runs it with the arguments given. */
import { run, say } from './command.mjs';
import { setup } from './setup.mjs';

await setup();

say('Building the packages that the demo uses');
const built = await run('turbo', [
  'run',
  'build',
  '--filter=@circuitry-examples/tenant-queue...',
  '--output-logs=errors-only',
  '--log-order=grouped',
]);
if (built !== 0) process.exit(built);

say('Running examples/tenant-queue');
process.exitCode = await run('node', ['examples/tenant-queue/run.mjs', ...process.argv.slice(2)]);
