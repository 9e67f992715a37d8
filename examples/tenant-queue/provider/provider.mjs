import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('server.mjs', import.meta.url));

/**
 * Starts the provider's process.
 *
 * @returns `url`; `begin`, which starts a scenario at a moment (ms since the epoch); `close`
 */
export async function startProvider() {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  const exit = once(child, 'exit');
  const listening = await Promise.race([once(child, 'message'), exit.then(() => null)]);
  if (listening === null) throw new Error('The provider ended before it listened.');
  const { port } = /** @type {{ port: number }} */ (listening[0]);
  return {
    url: `http://127.0.0.1:${port}`,
    /** @param {import('../input/scenario.mjs').Scenario} scenario @param {number} startedAt */
    begin(scenario, startedAt) {
      child.send({ type: 'begin', scenario, startedAt });
    },
    async close() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
