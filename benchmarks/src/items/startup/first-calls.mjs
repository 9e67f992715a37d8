import { startTcpProxy } from '../../../../tooling/servers/tcp-proxy.mjs';
import { runFleet } from '../../processes/fleet.mjs';

/** How long every message takes on its way, ms: so long that a round trip can be told from work. */
const way = 60;

/**
 * The first calls of new processes, on a line so slow that the time a call takes says how many round trips it waited for.
 *
 * @param {{ redis: { port: number } | null, dynamodb: { port: number, clientConfig: object } | null, attempts: number }} options
 * @returns {Promise<{ store: string, mode: string, waits: number[], commands: number[] }[]>} by call: the first, the
 *   second and so on; the least of all attempts, for a busy machine only adds
 */
export async function measureFirstCalls({ redis, dynamodb, attempts }) {
  const answers = [];
  for (const [store, server] of Object.entries({ redis, dynamodb })) {
    if (server === null || server.port === 0) continue;
    const proxy = await startTcpProxy(server.port);
    try {
      for (const mode of ['strict', 'bounded']) {
        const input = { store, mode, port: proxy.port, clientConfig: server.clientConfig };
        answers.push({ store, mode, ...(await leastOf(attempts, input, proxy)) });
      }
    } finally {
      await proxy.stop();
    }
  }
  return answers;
}

async function leastOf(attempts, input, proxy) {
  const runs = [];
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    proxy.delay(0);
    const onBarrier = () => proxy.delay(way);
    const job = new URL('first-call-job.mjs', import.meta.url);
    const [run] = await runFleet({ job, input, onBarrier });
    runs.push(run);
  }
  const least = (field, call) => Math.min(...runs.map((run) => run[call][field]));
  const calls = runs[0].map((_, call) => call);
  return {
    waits: calls.map((call) => Math.floor(least('milliseconds', call) / (2 * way))),
    commands: calls.map((call) => least('commands', call)),
  };
}
