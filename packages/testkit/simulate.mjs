// Simulated fleets by the thousand, over all processors: `pnpm simulate --seeds 10000 --from 1`.
// Runs the built kit: `pnpm build` first.
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { explainFleet, simulateFleet } from '@circuitry/testkit';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    step: { type: 'string' },
  },
});
const [seeds, from] = [Number(values.seeds), Number(values.from)];

if (values.step === undefined) await runAll();
else await runShare(Number(values.step));

/** One process per processor, each with every nth seed. */
async function runAll() {
  const processes = availableParallelism();
  const begun = performance.now();
  console.log(`${seeds} fleets from seed ${from} on, in ${processes} processes`);
  let done = 0;
  const failures = [];
  const shares = Array.from({ length: processes }, (_, index) => {
    const share = Math.ceil((seeds - index) / processes);
    const child = fork(import.meta.filename, [
      '--seeds',
      String(share),
      '--from',
      String(from + index),
      '--step',
      String(processes),
    ]);
    child.on('message', (message) => {
      done += message.done;
      if (message.failure !== undefined) failures.push(message.failure);
      if (done % 500 < message.done) console.log(`${done} done, ${failures.length} failed`);
    });
    return new Promise((resolve, reject) => {
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`A process ended with code ${code}.`))));
    });
  });
  await Promise.all(shares);
  for (const failure of failures.slice(0, 3)) console.error(failure);
  console.log(
    `${done} fleets in ${Math.round((performance.now() - begun) / 1000)} s: ${done - failures.length} passed, ${failures.length} failed`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}

async function runShare(step) {
  for (let index = 0; index < seeds; index += 1) {
    const report = await simulateFleet({ seed: from + index * step });
    if (!report.passed) process.send({ done: 0, failure: explainFleet(report) });
    if ((index + 1) % 50 === 0) process.send({ done: 50 });
  }
  process.send({ done: seeds % 50 });
}
