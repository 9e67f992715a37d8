import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Terminal } from './terminal.js';

/** The terminal, or the pipes, of a process. */
export function processTerminal(process: NodeJS.Process, signal: AbortSignal): Terminal {
  const { stdin, stdout, stderr, env } = process;
  return {
    isScreen: stdout.isTTY === true,
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    hasColors: hasColors(env, stdout.isTTY === true),
    width: stdout.isTTY === true ? stdout.columns : 0,
    signal,
    environment: env,
    workingDirectory: process.cwd(),
    async out(text) {
      // Without waiting, a long listing would pile up in memory in front of a slow reader.
      if (!stdout.write(text)) await once(stdout, 'drain', { signal });
    },
    note: (text) => void stderr.write(text),
    async ask(question) {
      // On the standard error: what a command prints can go into a file while it asks.
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return await lines.question(question, { signal });
      } finally {
        lines.close();
      }
    },
  };
}

/** By the conventions NO_COLOR, FORCE_COLOR and TERM=dumb. */
function hasColors(environment: NodeJS.ProcessEnv, isScreen: boolean): boolean {
  if (environment['NO_COLOR']) return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined && forced !== '0' && forced !== 'false') return true;
  return isScreen && environment['TERM'] !== 'dumb';
}
