import type { Check } from '../conformance/check.js';
import type { Capabilities } from '../conformance/preflight.js';
import { reasonToSkip } from '../conformance/run-check.js';

/** Whether Vitest runs this. */
export function isVitest(): boolean {
  return process.env['VITEST'] !== undefined;
}

/**
 * Says which checks will be skipped, in one line a reason.
 *
 * Vitest takes a reason with a skip, but shows it only in its verbose reporter: the default one has a number alone.
 */
export function tellSkips(name: string, checks: readonly Check[], capabilities: Capabilities): void {
  const skipped = new Map<string, string[]>();
  for (const check of checks) {
    const reason = reasonToSkip(check, capabilities);
    if (reason !== null) skipped.set(reason, [...(skipped.get(reason) ?? []), check.clause]);
  }
  for (const [reason, clauses] of skipped)
    process.stderr.write(`${name}: skipped ${[...new Set(clauses)].join(', ')}: ${reason}\n`);
}
