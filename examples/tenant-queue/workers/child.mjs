import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('child-program.mjs', import.meta.url));

/** The worker's process ended with jobs in its hands. */
export class WorkerLostError extends Error {
  /** @override */
  name = 'WorkerLostError';
}

/**
 * A worker that is a process of its own: it is handed jobs over IPC, and opens its own connection to the circuits.
 *
 * @param {number} id
 * @param {import('./work.mjs').WorkSettings} settings
 * @param {import('../backends.mjs').Connection} connection
 * @param {{ onReport: (report: import('./work.mjs').CircuitReport) => void, onExit: () => void }} listeners
 *   onExit: before its jobs are given back
 * @returns {Promise<import('./pool.mjs').Worker>} once it is ready for jobs
 */
export async function startChild(id, settings, connection, { onReport, onExit }) {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  const exit = once(child, 'exit');
  const inHand =
    /** @type {Map<number, { resolve: (result: import('./work.mjs').AttemptResult) => void, reject: (error: Error) => void }>} */ (
      new Map()
    );
  let tickets = 0;
  const ready = new Promise((resolve) => {
    child.on('message', (/** @type {any} */ message) => {
      if (message.type === 'ready') resolve(true);
      else if (message.type === 'report') onReport(message.report);
      else if (message.type === 'result') {
        inHand.get(message.ticket)?.resolve(message.result);
        inHand.delete(message.ticket);
      }
    });
  });
  // A message to a process that has just died.
  child.on('error', () => {});
  child.once('exit', () => {
    onExit();
    for (const { reject } of inHand.values()) reject(new WorkerLostError(`Worker ${id} (process ${child.pid}) died.`));
    inHand.clear();
  });
  child.send({ type: 'start', settings, connection });
  if (!(await Promise.race([ready, exit.then(() => false)]))) {
    throw new Error(`Worker ${id} ended before it was ready.`);
  }
  return {
    id,
    pid: child.pid ?? null,
    busy: 0,
    run: (job, attempt) =>
      new Promise((resolve, reject) => {
        tickets += 1;
        inHand.set(tickets, { resolve, reject });
        child.send({ type: 'run', ticket: tickets, job, attempt }, () => {});
      }),
    kill: () => child.kill('SIGKILL'),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      if (child.connected) child.send({ type: 'close' }, () => {});
      const cancel = killLater(child);
      await exit;
      cancel();
    },
  };
}

/** @param {import('node:child_process').ChildProcess} child that may not end by itself */
function killLater(child) {
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  return () => clearTimeout(timer);
}
