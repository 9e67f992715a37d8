export { runCommandLine, type CommandLineOptions } from './command-line.js';
export type { ExitCode } from './faults.js';
export type { Terminal } from './terminal/terminal.js';
