/** npm run docs: sets up, and builds the site into site/dist. With --serve it is shown afterwards. */
import { run, say } from './command.mjs';
import { setup } from './setup.mjs';

await setup();
say('Building the site');
const built = await run('node', ['site/build.mjs']);
if (built === 0 && process.argv.includes('--serve')) await run('node', ['site/serve.mjs']);
process.exitCode = built;
