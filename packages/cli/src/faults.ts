/** 0: done. 1: a circuit's or the store's fault. 2: wrong use. 3: nothing matched. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Why a command ends without being done; its message is for the person who typed it. */
export class CommandFault extends Error {
  override readonly name = 'CommandFault';
  readonly code = 'ERR_COMMAND';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The command was used wrongly: exit code 2. */
export function wrongUse(message: string, options?: ErrorOptions): CommandFault {
  return new CommandFault(2, message, options);
}

/** The command found nothing to do: exit code 3. */
export function nothingMatched(message: string): CommandFault {
  return new CommandFault(3, message);
}

/** A circuit or the store failed: exit code 1. */
export function failed(message: string, options?: ErrorOptions): CommandFault {
  return new CommandFault(1, message, options);
}

/** An error's own words; of one that the command itself brought about, as a time limit that aborted a call, those of both. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  const own = String(error.message);
  let cause = (error as { cause?: unknown }).cause;
  for (let depth = 0; depth < 8 && typeof cause === 'object' && cause !== null; depth += 1) {
    const { code, message } = cause as { code?: unknown; message?: unknown };
    if (code === 'ERR_COMMAND') return `${own} ${String(message)}`;
    cause = (cause as { cause?: unknown }).cause;
  }
  return own;
}

/** What the error is to the shell. Of core's errors those about settings are wrong use, all others a fault. */
export function exitCodeOf(error: unknown): ExitCode {
  const { code, exitCode } = (error ?? {}) as { code?: unknown; exitCode?: ExitCode };
  if (code === 'ERR_COMMAND' && exitCode !== undefined) return exitCode;
  return code === 'ERR_INVALID_SETTINGS' || code === 'ERR_INVALID_NAME' ? 2 : 1;
}
