// Simulated fleets by the thousand, over all processors: `pnpm simulate --seeds 10000 --from 1`.
// Runs the sources as they are, bundled: nothing needs to be built before.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

/** How many fleets a process runs between two words to its parent. */
const report = 50;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    // For its own processes: every how-manieth seed, and the bundle to run.
    step: { type: 'string' },
    bundle: { type: 'string' },
  },
});
const [seeds, from] = [Number(values.seeds), Number(values.from)];

if (values.bundle === undefined) await runAll();
else await runShare(values.bundle, Number(values.step));

/** One process per processor, each with every nth seed. */
async function runAll() {
  const processes = availableParallelism();
  const begun = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'circuitry-fleets-'));
  const sum = { fleets: 0, calls: 0, transitions: 0 };
  const failures = [];
  const hear = ({ failure, ...counts }) => {
    const before = sum.fleets;
    for (const [key, count] of Object.entries(counts)) sum[key] += count;
    if (failure !== undefined) failures.push(failure);
    if (Math.floor(sum.fleets / 1_000) > Math.floor(before / 1_000))
      console.log(`${sum.fleets} done, ${failures.length} failed`);
  };
  console.log(`${seeds} fleets from seed ${from} on, in ${processes} processes`);
  try {
    const bundle = await bundleInto(folder);
    await Promise.all(Array.from({ length: processes }, (_, index) => share(bundle, index, processes, hear)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const failure of failures.slice(0, 3)) console.error(failure);
  console.log(
    `${sum.fleets} fleets in ${((performance.now() - begun) / 1000).toFixed(1)} s: ${sum.fleets - failures.length} passed, ${failures.length} failed; ${sum.calls} calls, ${sum.transitions} transitions`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}

async function bundleInto(folder) {
  const outfile = join(folder, 'simulate-fleet.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'src/simulation/simulate-fleet.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    conditions: ['@circuitry/source'],
    logLevel: 'error',
  });
  return outfile;
}

/** Resolves when a process has run its share. */
function share(bundle, index, processes, hear) {
  const own = ['--seeds', String(Math.ceil((seeds - index) / processes)), '--from', String(from + index)];
  const child = fork(import.meta.filename, [...own, '--step', String(processes), '--bundle', bundle]);
  child.on('message', hear);
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`A process ended with code ${code}.`))));
  });
}

async function runShare(bundle, step) {
  const { explainFleet, simulateFleet } = await import(pathToFileURL(bundle).href);
  let counts = { fleets: 0, calls: 0, transitions: 0 };
  for (let index = 0; index < seeds; index += 1) {
    const fleet = await simulateFleet({ seed: from + index * step });
    if (!fleet.passed) process.send({ failure: explainFleet(fleet) });
    counts.fleets += 1;
    counts.calls += fleet.happened.calls;
    counts.transitions += fleet.happened.transitions;
    if (counts.fleets < report && index < seeds - 1) continue;
    process.send(counts);
    counts = { fleets: 0, calls: 0, transitions: 0 };
  }
}
