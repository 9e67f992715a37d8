import { CommanderError } from 'commander';
import { exitCodeOf, messageOf, type ExitCode } from './faults.js';
import { escapeMessage } from './output/escape.js';
import { makeProgram } from './program.js';
import type { Terminal } from './terminal/terminal.js';

/** How it is called by, and what it says it is. */
export interface CommandLineOptions {
  /** Told by `--version`. */
  readonly version: string;
}

/**
 * Runs one command and answers its exit code: 0 done, 1 a circuit's or the store's fault, 2 wrong use, 3 nothing matched.
 * It never throws for what a user or a store does.
 *
 * @param argv the words after the command's name
 */
export async function runCommandLine(
  argv: readonly string[],
  terminal: Terminal,
  { version }: CommandLineOptions,
): Promise<ExitCode> {
  try {
    await makeProgram(terminal, version).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    // It has said what is wrong itself; help and version end so too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    // Ctrl-C is how one ends what goes on for ever.
    if (terminal.signal.aborted) return 1;
    terminal.note(`${escapeMessage(describe(error))}\n`);
    return exitCodeOf(error);
  }
}

function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, code, stack } = error as { message?: unknown; code?: unknown; stack?: unknown };
  // What nobody foresaw is shown whole, for whoever has to mend it.
  if (typeof code !== 'string' || !code.startsWith('ERR_')) return String(stack ?? message);
  return code === 'ERR_COMMAND' ? String(message) : `${messageOf(error)} (${code})`;
}
