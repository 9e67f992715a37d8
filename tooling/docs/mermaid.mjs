import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const program = join(import.meta.dirname, 'parse-diagrams.mjs');

/** What is wrong with each of these diagrams, in mermaid's own words. It runs by itself: jest's modules are too deep for it. */
export function wrongDiagrams(fences) {
  const input = JSON.stringify(fences.map(({ code }) => code));
  const faults = JSON.parse(execFileSync(process.execPath, [program], { input, encoding: 'utf8' }));
  return fences.map(({ file, line }, index) => (faults[index] === null ? [] : [`${file}:${line}: ${faults[index]}`]));
}
