/** A worker's process: does the jobs that come over IPC, and ends with the process that started it. */
import { connect } from '../backends.mjs';
import { createWork } from './work.mjs';

/** @type {{ work: ReturnType<typeof createWork>, closeBackend: () => Promise<void> } | null} */
let worker = null;

process.on('message', async (/** @type {any} */ message) => {
  if (message.type === 'start') {
    // Without circuits there is nothing to connect to.
    const store = message.settings.circuits ? await connect(message.connection) : null;
    const report = (/** @type {import('./work.mjs').CircuitReport} */ told) => send({ type: 'report', report: told });
    worker = {
      work: createWork(message.settings, store?.backend ?? null, report),
      closeBackend: async () => store?.close(),
    };
    await worker.work.warmUp();
    send({ type: 'ready' });
  } else if (message.type === 'run' && worker !== null) {
    const result = await worker.work.run(message.job, message.attempt);
    send({ type: 'result', ticket: message.ticket, result });
  } else if (message.type === 'close') {
    await worker?.work.close();
    await worker?.closeBackend();
    process.exit();
  }
});

/** @param {object} message */
function send(message) {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

// Ctrl-C reaches the whole group of processes: the one that started this one decides when it ends.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
