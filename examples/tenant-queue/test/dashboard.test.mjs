import { expect, test } from '@jest/globals';
import { makeFolder, runDemo } from './run-demo.mjs';
import { smallJobs, smallScenario } from './small-story.mjs';

test('with --dashboard the address that is printed opens the panel, which sees the circuits of the jobs change', async () => {
  const folder = await makeFolder();
  const jobs = await folder.write('jobs.jsonl', smallJobs);
  const scenario = await folder.write('scenario.json', smallScenario);
  let printed = '';
  /** @type {Promise<string> | null} */
  let watching = null;
  const run = await runDemo(
    ['--dashboard', '--jobs', jobs, '--scenario', scenario, '--page', folder.path('page.html')],
    (text) => {
      printed += text;
      const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(printed) ?? [];
      if (url !== undefined) watching ??= watch(url);
    },
  );
  expect(run.stderr).toBe('');
  expect(run.code).toBe(0);
  expect(await watching).toContain('"name":"deliver/broken"');
  await folder.remove();
}, 180_000);

/**
 * All that the panel tells until it ends with the demo.
 *
 * @param {string} url
 */
async function watch(url) {
  const page = await fetch(url);
  expect(page.status).toBe(200);
  const stream = await fetch(`${url}api/events`);
  const decoder = new TextDecoder();
  let told = '';
  const reader = /** @type {ReadableStream<Uint8Array>} */ (stream.body).getReader();
  for (;;) {
    const step = await reader.read().catch(() => ({ done: true, value: undefined }));
    if (step.done) return told;
    told += decoder.decode(step.value, { stream: true });
  }
}
