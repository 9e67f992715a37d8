#!/usr/bin/env node
import { createRequire } from 'node:module';
import { runCommandLine } from './command-line.js';
import { processTerminal } from './terminal/process-terminal.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
const interrupted = new AbortController();
// The first one ends what is under way, in order; a second one ends the process.
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());

void runCommandLine(process.argv.slice(2), processTerminal(process, interrupted.signal), { version }).then((code) => {
  process.exitCode = code;
});
