import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programs } from './programs.mjs';

/** Tells its own processor time at its very end, on a pipe of its own. */
const farewell = `
import { writeSync } from 'node:fs';
process.once('exit', () => {
  const { user, system } = process.cpuUsage();
  writeSync(3, String(user + system));
});`;

/**
 * Whole processes from start to end, by turns, so that whatever the machine does it does to all.
 *
 * @param {string} node the executable
 * @returns {Promise<Record<string, { wall: number, cpu: number }[]>>} ms, by program and round
 */
export async function timePrograms(node, rounds) {
  // Where what is imported can be found, and where nobody takes it for a source.
  const folder = mkdtempSync(join(import.meta.dirname, '..', '..', '..', 'node_modules', '.programs-'));
  try {
    for (const { id, code } of programs) writeFileSync(join(folder, `${id}.mjs`), `${farewell}\n${code}\n`);
    const answers = Object.fromEntries(programs.map(({ id }) => [id, []]));
    // The first round fills the disk's cache, and is not counted.
    for (let round = -1; round < rounds; round += 1) {
      for (let place = 0; place < programs.length; place += 1) {
        const { id } = programs[(place + round + 1) % programs.length];
        const timed = await runOnce(node, join(folder, `${id}.mjs`));
        if (round >= 0) answers[id].push(timed);
      }
    }
    return answers;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runOnce(node, file) {
  const begun = performance.now();
  const child = spawn(node, [file], {
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  let said = '';
  child.stdio[3].on('data', (text) => (said += text));
  const [code] = await once(child, 'exit');
  const wall = performance.now() - begun;
  if (child.stdio[3].readableEnded !== true) await once(child.stdio[3], 'end');
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
  return { wall, cpu: Number(said) / 1_000 };
}
