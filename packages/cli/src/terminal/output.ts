import { once } from 'node:events';

/** The standard output of a process. */
export interface Output {
  /** Resolves once it takes more: otherwise a long listing would pile up in memory in front of a slow reader. */
  write(text: string, signal: AbortSignal): Promise<void>;
  goOnUnread(): void;
}

/** Looks after both outputs: what nobody reads any more, or what can't be written, ends the process or is left unsaid. */
export function outputOf(process: NodeJS.Process): Output {
  const { stdout, stderr } = process;
  let isGone = false;
  let goesOn = false;
  stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    isGone = true;
    if (goesOn) return;
    // A reader that has seen enough, as head has, is no fault.
    if (code === 'EPIPE') process.exit(0);
    stderr.write(`The output can’t be written: ${message}\n`);
    process.exit(1);
  });
  // Remarks that nobody reads keep nothing from being done.
  stderr.on('error', () => {});
  return {
    async write(text, signal) {
      if (isGone || stdout.write(text)) return;
      await once(stdout, 'drain', { signal }).catch((error: unknown) => {
        if (!isGone) throw error;
      });
    },
    goOnUnread() {
      goesOn = true;
    },
  };
}
