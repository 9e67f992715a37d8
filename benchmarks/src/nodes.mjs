import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { installNode, nodeHere, oldestNode, otherNodes } from '../../tooling/nodes.mjs';

/** The report is made on this one; the oldest one that circuitry runs on has other releases of the other libraries. */
const reportedMajor = 24;
export const oldestMajor = 20;

/**
 * `--nodes`: brings in the Nodes that are missing, has everything measured on the one that is reported, and the comparison
 * with the other libraries on the oldest one as well.
 *
 * @param {string} program run.mjs @param {string[]} words its other arguments
 * @returns {Promise<number>} the exit code
 */
export async function measureOnNodes(program, words) {
  for (const version of [oldestNode, ...otherNodes]) {
    const major = Number(version.split('.')[0]);
    if (major <= reportedMajor && nodeHere(major) === null && installNode(version) === null)
      console.log(`Node ${version} can't be had from npm: it is left out.`);
  }
  const reported = nodeHere(reportedMajor);
  if (reported === null) {
    console.error(`There is no Node ${reportedMajor} to make the report on: nothing was measured.`);
    return 1;
  }
  const oldest = nodeHere(oldestMajor);
  // First: the report shows both.
  const codes = oldest === null ? [] : [await runOn(oldest, [program, '--peers', ...words])];
  codes.push(await runOn(reported, [program, ...words]));
  return Math.max(...codes);
}

/** The file of the comparison that was made on another Node than the report. */
export function peersFile(folder, version) {
  return join(folder, `peers-node-${version.replace(/^v/, '').split('.')[0]}.json`);
}

async function runOn(node, words) {
  const child = spawn(node, words, { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
