/** The demo's command: npm run demo [-- OPTIONS] from the root of the repository. */
import { parseCommandLine } from './command-line.mjs';
import { runDemo } from './demo.mjs';
import { BadInput } from './input/bad-input.mjs';
import { readJobs } from './input/jobs.mjs';
import { playShare } from './input/play-share.mjs';
import { readScenario } from './input/scenario.mjs';
import { prepareFile, writeText } from './output/files.mjs';
import { createProgress } from './output/progress.mjs';
import { renderReport } from './output/report.mjs';
import { resultsOf } from './output/results.mjs';
import { styleFor } from './output/style.mjs';
import { counted, number } from './output/words.mjs';
import { renderPage } from './page/page.mjs';

const interrupted = new AbortController();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => interrupted.abort(new Error(`Interrupted by ${signal}.`)));
}
// Whoever started the demo is gone, without a word: so is the demo.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) interrupted.abort(new Error('Whoever started the demo has ended.'));
}, 500).unref();

try {
  const options = parseCommandLine(process.argv.slice(2));
  if (options !== null) await main(options);
} catch (error) {
  if (interrupted.signal.aborted) {
    console.error('\nInterrupted: all that the demo had started is ended.');
    process.exitCode = 130;
  } else if (error instanceof BadInput) {
    console.error(error.message);
    process.exitCode = 2;
  } else {
    console.error(error);
    process.exitCode = 1;
  }
}

/** @param {import('./command-line.mjs').Options} options */
async function main(options) {
  const whole = await readScenario(options.scenario);
  const allJobs = await readJobs(options.jobs, whole);
  const { scenario, jobs } = playShare(whole, allJobs, options.backend);
  await prepareFile(options.page, '--page');
  if (options.results !== undefined) await prepareFile(options.results, '--results');
  const style = styleFor(process.stdout, process.env);
  const { processes, jobsEach } = scenario.workers;
  const tenants = Object.keys(scenario.tenants).length;
  console.log(style.bold(scenario.title));
  const of = jobs.length < allJobs.length ? ` (of ${number(allJobs.length)}, for ${options.backend}'s sake)` : '';
  console.log(
    `${counted(jobs.length, 'job')}${of} of ${counted(tenants, 'tenant')}, ${counted(processes, 'worker')} with ${counted(jobsEach, 'job')} at a time, ` +
      `circuits in ${options.backend}; a second of yours is ${number(scenario.timeScale)} of the story's.`,
  );

  const progress = createProgress(process.stdout, style, scenario.timeScale);
  /** @type {boolean | null} */
  let shown = null;
  await runDemo({
    scenario,
    jobs,
    backendName: options.backend,
    signal: interrupted.signal,
    onGlance(glance) {
      if (shown !== glance.circuits) console.log(`\n${glance.circuits ? 'With' : 'Without'} circuits`);
      shown = glance.circuits;
      progress.show(glance);
    },
    onPass: () => progress.end(),
    onPanel: options.dashboard ? (url) => console.log(`\nWatch the circuits live: ${style.bold(url)}`) : null,
    async onResult(result) {
      console.log(renderReport(result, style));
      await writeText(options.page, renderPage(result));
      console.log(`The timeline of every circuit and queue: ${options.page}`);
      if (options.results !== undefined) {
        await writeText(options.results, `${JSON.stringify(resultsOf(result), null, 2)}\n`);
        console.log(`The numbers: ${options.results}`);
      }
      if (options.dashboard && process.stdout.isTTY) await untilInterrupted();
    },
  });
}

/** Somebody may still be looking. */
async function untilInterrupted() {
  console.log('\nThe panel stays open until you press Ctrl-C.');
  await new Promise((resolve) => interrupted.signal.addEventListener('abort', resolve, { once: true }));
}
