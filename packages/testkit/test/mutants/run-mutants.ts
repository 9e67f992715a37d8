import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CheckResult } from '../../src/index.js';
import { inOwnProcess } from '../own-process.js';
import type { Expectation } from './table.js';

const here = dirname(fileURLToPath(import.meta.url));

/** What stands for the references among the mutants' names. */
export const references = [
  'the reference',
  'the reference with row locks',
  'the reference that is far away',
  'the reference that reads first and writes on that condition',
] as const;

/** The checks that did not pass, of each mutant and of the references. */
export async function runMutants(names: readonly string[]): Promise<ReadonlyMap<string, readonly CheckResult[]>> {
  const mutants = names.map((name) => `[${JSON.stringify(name)}, ${variableOf(name)}]`);
  const program = `
    ${names.map(importOf).join('\n')}
    import { FarBackend, harnessOf, ReadFirstBackend, ReferenceBackend, RowLockBackend } from './reference/mutant.js';
    import { runVirtually } from '../virtual-time.js';
    const references = [ReferenceBackend, RowLockBackend, FarBackend, ReadFirstBackend].map((each) => harnessOf(each));
    const found = [];
    for (const [name, harness] of [
      ...${JSON.stringify(references)}.map((name, index) => [name, references[index]]), ${mutants.join(', ')}
    ]) {
      const { results } = await runVirtually(harness, { seed: 7 });
      found.push([name, results.filter(({ outcome }) => outcome !== 'passed')]);
    }
    process.send(found);`;
  return new Map(await inOwnProcess<[string, readonly CheckResult[]][]>(program, here));
}

/** For each of the rows, the seeds from 1 under which its clause lets its mutant pass. */
export async function seedsThatMiss(
  rows: readonly Expectation[],
  seeds: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const mutants = rows.map(({ mutant, clause }) => `[${JSON.stringify(mutant)}, ${variableOf(mutant)}, '${clause}']`);
  const program = `
    ${rows.map(({ mutant }) => importOf(mutant)).join('\n')}
    import { runVirtually } from '../virtual-time.js';
    const missed = [];
    for (const [name, harness, clause] of [${mutants.join(', ')}]) {
      const through = [];
      for (let seed = 1; seed <= ${seeds}; seed += 1)
        if ((await runVirtually(harness, { seed, only: [clause] })).passed) through.push(seed);
      missed.push([name, through]);
    }
    process.send(missed);`;
  return new Map(await inOwnProcess<[string, readonly number[]][]>(program, here));
}

function importOf(name: string): string {
  return `import { harness as ${variableOf(name)} } from './faults/${name}.js';`;
}

function variableOf(name: string): string {
  return `mutant_${name.replaceAll('-', '_')}`;
}
