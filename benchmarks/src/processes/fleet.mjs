import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** ms */
const longest = 240_000;
const worker = fileURLToPath(new URL('worker.mjs', import.meta.url));

/**
 * Runs a job in processes of their own, side by side.
 *
 * @param {{ job: URL, count?: number, input: object, flags?: string[], onBarrier?: (name: string) => unknown }} options
 *   `job`: a module with `run(input, process)`; `input`: given to each of them, as `{ ...input }`; `flags`: for node;
 *   `onBarrier`: asked when all of them have come to a barrier, before they go on
 * @returns {Promise<unknown[]>} what each job answered, in the order of their indexes
 */
export async function runFleet({ job, count = 1, input, flags = [], onBarrier = () => {} }) {
  const waiting = new Map();
  const children = Array.from({ length: count }, () =>
    fork(worker, { execArgv: flags, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
  );

  const arrived = async (name) => {
    const number = (waiting.get(name) ?? 0) + 1;
    waiting.set(name, number);
    if (number < count) return;
    await onBarrier(name);
    for (const child of children) if (child.connected) child.send({ go: name });
  };

  const answerOf = async (child, index) => {
    const answer = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        reject(new Error(`process ${index} ended with ${signal ?? code}, without an answer`)),
      );
      child.on('message', (message) => {
        if (message.barrier !== undefined) arrived(message.barrier).catch(reject);
        else if (message.failure !== undefined) reject(new Error(message.failure));
        else resolve(message.answer);
      });
    });
    child.send({ job: job.href, input, index, count });
    return answer;
  };

  const answers = children.map(answerOf);
  const deadline = new AbortController();
  try {
    return await Promise.race([Promise.all(answers), tooLate(deadline.signal)]);
  } finally {
    deadline.abort();
    await Promise.all(children.map(end));
    await Promise.allSettled(answers);
  }
}

/** A server that died must not hold the whole run up. */
async function tooLate(signal) {
  await pause(longest, undefined, { signal });
  throw new Error(`the processes did not answer within ${longest / 1_000} s`);
}

/** Lets a process end by itself, and ends it where it doesn't. */
async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(timer);
}
