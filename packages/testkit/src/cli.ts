#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { systemClock } from '@circuitry/core';
import { runCommandLine } from './cli/command-line.js';

/** How long a process may live on after its run before the command says that something keeps it alive. */
const patience = 5_000;

// Either would end this process, and with it the report on everything else that is wrong.
process.on('unhandledRejection', (reason) => {
  tellUnheard('A promise of the backend or of its harness rejected, and nothing awaits it', reason);
});
process.on('uncaughtException', (error) => {
  tellUnheard('The backend or its harness threw an error from a timer or an event, and nothing catches it', error);
});

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

void runCommandLine(
  process.argv.slice(2),
  {
    out: (text) => void process.stdout.write(text),
    progress: (text) => void process.stderr.write(text),
    interactive: process.stderr.isTTY,
  },
  version,
).then((code) => {
  // What nobody heard may have come before.
  if (code !== 0) process.exitCode = code;
  endOrSayWhyNot();
});

function tellUnheard(what: string, error: unknown): void {
  process.exitCode ||= 1;
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${what}; in a worker that ends the process. Await it, or give it a catch.\n  ${told}\n`);
}

/** Lets the process end by itself; where something keeps it from that, says so and ends it as a failure (clause E6). */
function endOrSayWhyNot(): void {
  systemClock.after(
    patience,
    () => {
      const kept = process.getActiveResourcesInfo().filter((name) => name !== 'TTYWrap' && name !== 'PipeWrap');
      process.stderr.write(
        `E6 is broken: ${patience / 1_000} s after everything was closed this process would still not end by itself. What keeps it alive, in the backend or in its harness: ${[...new Set(kept)].join(', ') || 'unknown'}.\n`,
      );
      process.exit(process.exitCode || 1);
    },
    { background: true },
  );
}
