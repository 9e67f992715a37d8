#!/usr/bin/env node
import { systemClock } from '@circuitry/core';
import { runCommandLine } from './cli/command-line.js';

/** How long a process may live on after its run before the command says that something keeps it alive. */
const patience = 5_000;

void runCommandLine(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  progress: (text) => void process.stderr.write(text),
  interactive: process.stderr.isTTY,
}).then((code) => {
  process.exitCode = code;
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
