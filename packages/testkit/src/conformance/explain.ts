import { isCircuitryError } from '@circuitry/core';
import { clauseOf } from '../clauses/clauses.js';
import type { Check } from './check.js';
import { CheckFailure, type Facts } from './telling/failure.js';
import { showError } from './telling/show.js';
import type { Trace } from './telling/trace.js';
import { causeOfLookAlike } from './telling/unbranded.js';

/** A failed check in full: what was done, expected and seen, the usual cause, why it matters, how to see it again. */
export function explainFailure(check: Check, error: unknown, trace: Trace, seed: number): string {
  const clause = clauseOf(check.clause);
  const facts = error instanceof CheckFailure ? error.facts : factsOfRejection(error, trace);
  const lines = [
    check.title,
    `  What was done:  ${facts.did}`,
    `  Expected:       ${facts.expected}`,
    `  Seen:           ${facts.seen}`,
    `  Usual cause:    ${facts.cause}`,
  ];
  if (clause !== undefined) {
    lines.push(`  The clause:     ${clause.id} (${clause.level}) ${clause.text}`, `  Why it matters: ${clause.why}`);
  }
  const calls = trace.lines();
  if (calls.length > 0) lines.push('  The last calls:', ...calls.map((line) => `    ${line}`));
  lines.push(`  See it again:   --only ${check.clause} --seed ${seed}`);
  return lines.join('\n');
}

function factsOfRejection(error: unknown, trace: Trace): Facts {
  const call = trace.callThatRejectedWith(error);
  if (call === undefined) {
    return {
      did: 'The check ran.',
      expected: 'a verdict',
      seen: `the check itself failed: ${error instanceof Error ? (error.stack ?? error.message) : showError(error)}`,
      cause: 'A fault of the testkit, or an answer that it did not expect. Please report it with this text.',
    };
  }
  return {
    did: call,
    expected: 'an answer',
    seen: `it rejected with ${showError(error)}`,
    cause: causeOf(error),
  };
}

function causeOf(error: unknown): string {
  const lookAlike = causeOfLookAlike(error);
  if (lookAlike !== null) return lookAlike;
  if (isCircuitryError(error, 'ERR_CORRUPT_RECORD')) {
    return 'Something that is no record stands under a record’s key: a lock, a marker, a foreign value; or what was written can’t be read back.';
  }
  if (isCircuitryError(error, 'ERR_LEASE_LOST'))
    return 'The lease ended, or another took it, while its holder still had it by right.';
  if (isCircuitryError(error, 'ERR_LOCK_TIMEOUT'))
    return 'A lock that should be free is held, or a waiter is not told that it came free.';
  if (isCircuitryError(error, 'ERR_STORAGE'))
    return 'The store refuses the command, or the connection was closed under it.';
  return 'The call is sent in a form that the store refuses, or its answer can’t be read.';
}
