import { createInterface } from 'node:readline/promises';
import { outputOf } from './output.js';
import type { Terminal } from './terminal.js';

/** The terminal, or the pipes, of a process. */
export function processTerminal(process: NodeJS.Process, signal: AbortSignal): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const output = outputOf(process);
  return {
    isScreen: stdout.isTTY === true,
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    hasColors: hasColors(env, stdout.isTTY === true),
    width: stdout.isTTY === true ? stdout.columns : 0,
    signal,
    environment: env,
    workingDirectory: process.cwd(),
    out: (text) => output.write(text, signal),
    goOnUnread: () => output.goOnUnread(),
    note: (text) => void stderr.write(text),
    async ask(question) {
      // On the standard error: what a command prints can go into a file while it asks.
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return await lines.question(question, { signal });
      } catch (error) {
        // Ctrl-C and Ctrl-D: whoever was asked wants no more of it.
        if ((error as Error).name !== 'AbortError') throw error;
        stderr.write('\n');
        return '';
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
