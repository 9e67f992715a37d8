/** Where a command reads and writes: a screen, a pipe, or a test. */
export interface Terminal {
  /** Whether output goes to a person's screen. */
  readonly isScreen: boolean;
  /** Whether a person can be asked. */
  readonly isInteractive: boolean;
  /** Whether output may have colours. */
  readonly hasColors: boolean;
  /** Columns of the screen; 0 where there is none. */
  readonly width: number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Environment variables: the store's address, the user's name. Of a process: `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** An absolute path. Configuration files and optional packages are looked for from here. */
  readonly workingDirectory: string;
  /** Writes to the standard output; resolves once it takes more. */
  out(text: string): Promise<void>;
  /** From now on the command goes on although nobody reads the standard output any more. Until then it may end there. */
  goOnUnread(): void;
  /** Writes to the standard error: what is no result. */
  note(text: string): void;
  /** Asks on the screen. Only where {@link Terminal.isInteractive}. */
  ask(question: string): Promise<string>;
}
