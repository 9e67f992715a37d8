// A wall clock for one server that can be set while it runs, as a wrong NTP server or a failover to another machine sets it.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { which } from './redis-binary.mjs';

const source = fileURLToPath(new URL('stepping-clock.c', import.meta.url));

/** Why no server's clock can be set here; null where it can. */
export function noSteppingClock() {
  if (process.platform !== 'linux') return 'a clock of its own is loaded into a server on Linux only';
  return which('cc') === null ? 'there is no cc in PATH to build the clock with' : null;
}

/**
 * Builds the clock; `env` is for the server that is to have it.
 *
 * @returns `env`, `setBy(ms)`: from now on it is off by so much, `remove()`
 */
export function makeSteppingClock() {
  const folder = mkdtempSync(join(tmpdir(), 'circuitry-clock-'));
  const library = join(folder, 'stepping-clock.so');
  const offsetFile = join(folder, 'offset');
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source], { stdio: 'pipe' });
  const file = openSync(offsetFile, 'w');
  const setBy = (ms) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(Math.round(ms)));
    writeSync(file, bytes, 0, 8, 0);
  };
  setBy(0);
  return {
    env: { LD_PRELOAD: library, CIRCUITRY_CLOCK_OFFSET: offsetFile },
    setBy,
    remove() {
      closeSync(file);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
