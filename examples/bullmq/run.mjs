/** node examples/bullmq/run.mjs: sets the repository up unless it is, builds what the example needs, and runs mails.mjs. */
import { run, say } from '../../tooling/command.mjs';
import { setup } from '../../tooling/setup.mjs';

await setup();

say('Building the packages that the example uses');
const options = ['--filter=@circuitry-examples/bullmq...', '--output-logs=errors-only', '--log-order=grouped'];
const built = await run('turbo', ['run', 'build', ...options]);
if (built !== 0) process.exit(built);

say('Running examples/bullmq');
process.exitCode = await run('node', ['examples/bullmq/mails.mjs']);
