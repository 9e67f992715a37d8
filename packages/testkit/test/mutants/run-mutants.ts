import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CheckResult } from '../../src/index.js';
import { inOwnProcess } from '../own-process.js';

/** What stands for the reference among the mutants' names. */
export const reference = 'the reference';

/** The checks that did not pass, of each mutant and of the reference. */
export async function runMutants(names: readonly string[]): Promise<ReadonlyMap<string, readonly CheckResult[]>> {
  const imports = names.map((name, index) => `import { harness as mutant${index} } from './faults/${name}.js';`);
  const mutants = names.map((name, index) => `[${JSON.stringify(name)}, mutant${index}]`);
  const program = `
    ${imports.join('\n')}
    import { harnessOf, ReferenceBackend } from './reference/mutant.js';
    import { runVirtually } from '../virtual-time.js';
    const found = [];
    for (const [name, harness] of [[${JSON.stringify(reference)}, harnessOf(ReferenceBackend)], ${mutants.join(', ')}]) {
      const { results } = await runVirtually(harness, { seed: 7 });
      found.push([name, results.filter(({ outcome }) => outcome !== 'passed')]);
    }
    process.send(found);`;
  const here = dirname(fileURLToPath(import.meta.url));
  return new Map(await inOwnProcess<[string, readonly CheckResult[]][]>(program, here));
}
