#!/usr/bin/env node
import { createRequire } from 'node:module';
import { runCommandLine } from './command-line.js';
import { processTerminal } from './terminal/process-terminal.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
const interrupted = new AbortController();
// The first one ends what is under way, in order; a second one ends the process.
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());

// A reader that has seen enough, as head has, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void runCommandLine(process.argv.slice(2), processTerminal(process, interrupted.signal), { version }).then((code) => {
  process.exitCode = code;
});
