import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { inOwnProcess } from '../own-process.js';
import { coreMutants, plant } from './core-mutants.js';
import type { Found, Story } from './search.js';

/** The bound; the slowest of these dies before 100. */
const mostSeeds = 2_000;
/** The one whose story is looked at as well. */
const told = coreMutants.findIndex(({ name }) => name.startsWith('no new round'));

// A bound for what hangs: this computes for seconds, and for minutes on a machine that is busy with others.
jest.setTimeout(600_000);

let found: readonly (Found | null)[];
let story: Story;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'circuitry-core-mutants-'));
  try {
    const files = coreMutants.map((_, index) => join(folder, `core-${index}.mjs`));
    await Promise.all(coreMutants.map((mutant, index) => plant(mutant, files[index] as string)));
    const cores = coreMutants.map(({ name }, index) => [name, pathToFileURL(files[index] as string).href]);
    const program = `
      import { search, tell } from './search.js';
      const cores = ${JSON.stringify(cores)};
      const found = [];
      for (const [name, file] of cores) found.push(await search(name, await import(file), ${mostSeeds}));
      const story = await tell(await import(cores[${told}][1]), found[${told}]?.seed ?? 1);
      process.send({ found, story });`;
    ({ found, story } = await inOwnProcess<{ readonly found: typeof found; readonly story: Story }>(
      program,
      dirname(fileURLToPath(import.meta.url)),
    ));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('A fleet whose core is broken', () => {
  test.each(coreMutants.map((mutant, index) => [mutant.name, mutant, index] as const))(
    `is found out within ${mostSeeds} seeds: %s`,
    (_, { breaks }, index) => {
      expect(found[index]).not.toBeNull();
      expect(found[index]?.broken.some((rule) => breaks.includes(rule))).toBe(true);
    },
  );

  test('is told with its seed, a smaller plan that still fails, and what happened', () => {
    const seed = found[told]?.seed;
    expect(story.jobsLeft).toBeLessThan(story.jobs / 2);
    expect(story.words).toContain(`seed ${seed} broke F5`);
    expect(story.words).toContain('is still half-open');
    expect(story.words).toContain(`simulateFleet({ seed: ${seed} })`);
    expect(story.brokenAgain).toEqual(story.broken);
    expect(story.broken).not.toEqual([]);
  });
});
