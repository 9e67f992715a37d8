#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { systemClock } from '@circuitry/core';
import { runCommandLine } from './cli/command-line.js';

/** How long a process may live on after its run before the command says that something keeps it alive. */
const patience = 5_000;

// It would end this process, and with it the report on everything else that is wrong.
process.on('unhandledRejection', (reason) => {
  process.exitCode ||= 1;
  const told = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
  process.stderr.write(
    `A promise of the backend or of its harness rejected, and nothing awaits it; in a worker that ends the process. Await it, or give it a catch.\n  ${told}\n`,
  );
});

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

void runCommandLine(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  progress: (text) => void process.stderr.write(text),
  interactive: process.stderr.isTTY,
  version: manifest.version,
}).then((code) => {
  // A rejection that nobody heard may have come before.
  if (code !== 0) process.exitCode = code;
  endOrSayWhyNot();
});

/** Lets the process end by itself; says so where something keeps it from that (clause E6). */
function endOrSayWhyNot(): void {
  systemClock.after(
    patience,
    () => {
      const kept = process.getActiveResourcesInfo().filter((name) => name !== 'TTYWrap' && name !== 'PipeWrap');
      process.stderr.write(
        `E6: ${patience / 1_000} s after everything was closed this process would still not end by itself. What keeps it alive, in the backend or in its harness: ${[...new Set(kept)].join(', ') || 'unknown'}.\n`,
      );
      process.exit();
    },
    { background: true },
  );
}
