/** npm run chaos [-- OPTIONS]: builds what it needs, and runs the chaos of each store in turn; see --help. */
import { parseArgs } from 'node:util';
import { run, say } from './command.mjs';
import { setup } from './setup.mjs';

const stores = {
  redis: 'packages/backend-redis/chaos/run.mjs',
  sentinel: 'packages/backend-redis/chaos/run-sentinel.mjs',
  dynamodb: 'packages/backend-dynamodb/chaos/run.mjs',
};
/** What a run may take besides: to start its servers, to heal, and to end its workers. */
const longestRest = 240;

const help = `npm run chaos -- [options]

Processes count, transition and lock on real servers, while they and the servers are killed, frozen, cut off, slowed down,
throttled, set to wrong times, failed over and split. Each writes down what it did; in the end that is compared with the store.

  --which    redis, sentinel, dynamodb, or several with commas   default: all, one after the other
  --seconds  how long each goes on                               default: 60
  --workers  processes                                           default: 6
  --seed     what goes wrong, and when                           default: 1
  --help     this

A seed draws the same troubles again; when each process meets them is the machine's to say. Each run ends by itself, at the
latest ${longestRest} s after its time. Exit 0: nothing was violated.`;

const { values } = parseArgs({
  options: {
    which: { type: 'string', default: Object.keys(stores).join() },
    seconds: { type: 'string', default: '60' },
    workers: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
const chosen = values.which.split(',');
const unknown = chosen.filter((name) => !Object.hasOwn(stores, name));

if (values.help) {
  console.log(help);
} else if (unknown.length > 0) {
  console.error(`There is no chaos for ${unknown.join(', ')}; there is for ${Object.keys(stores).join(', ')}.`);
  process.exitCode = 2;
} else {
  process.exitCode = await runAll();
}

async function runAll() {
  await setup();
  say('Building the packages that the workers use');
  const filters = ['--filter=@circuitry/backend-redis', '--filter=@circuitry/backend-dynamodb'];
  const built = await run('turbo', ['run', 'build', ...filters, '--output-logs=errors-only', '--log-order=grouped']);
  if (built !== 0) return built;
  const failed = [];
  for (const name of chosen) {
    say(`Chaos: ${name}`);
    const { seconds, workers, seed } = values;
    const options = ['--seconds', seconds, '--workers', workers, '--seed', seed];
    if ((await run('node', [stores[name], ...options])) !== 0) failed.push(name);
  }
  say(failed.length === 0 ? 'Nothing was violated' : `Something was violated, or a run failed: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}
