import type { Time } from '../clock.js';
import { Random } from '../concurrency/random.js';
import type { Capabilities } from './preflight.js';
import type { Check, CheckContext, Need } from './check.js';
import { explainFailure } from './explain.js';
import { HarnessFault, type StorageHarness } from './harness/harness.js';
import { harnessClause, type CheckResult } from './report.js';
import { Session } from './session.js';
import { freshStoreName } from './harness/store-names.js';
import { Trace } from './telling/trace.js';

const reasons: Readonly<Record<Need, string>> = {
  outage: 'the harness gives no `outage`, so the store cannot be made unreachable',
  lostReplies: 'the harness gives no `lostReplies`, so no answer can be lost on its way',
  held: 'the harness gives no `held`, so nobody can tell whether what is over is ever removed',
  corrupt: 'the harness gives no `corrupt`, so no stored record can be damaged',
  watch: 'the backend has no `watch`, which is optional',
  close: 'the backend has no `close`, which is optional',
};

/** Why a check can’t run against what the harness gives; null where it can. */
export function reasonToSkip(check: Check, capabilities: Capabilities): string | null {
  const missing = check.needs?.find((need) => !capabilities[need]);
  return missing === undefined ? null : reasons[missing];
}

/**
 * Runs one check, `repeat` times under seeds that follow on each other, until one fails.
 *
 * A fault of the harness is told as such, beside the check that it kept from a verdict.
 */
export async function runCheck(
  check: Check,
  harness: StorageHarness,
  capabilities: Capabilities,
  { seed, repeat, time }: { readonly seed: number; readonly repeat: number; readonly time: Time },
): Promise<CheckResult[]> {
  const began = time.now();
  const result = (outcome: CheckResult['outcome'], explanation?: string): CheckResult => ({
    clause: check.clause,
    title: check.title,
    outcome,
    ...(explanation === undefined ? {} : { explanation }),
    duration: time.now() - began,
  });
  const reason = reasonToSkip(check, capabilities);
  if (reason !== null) return [result('skipped', reason)];
  for (let round = 0; round < repeat; round += 1) {
    const outcome = await runOnce(check, harness, seed + round, time);
    if (outcome === null) continue;
    if (typeof outcome === 'string') return [result('failed', outcome)];
    return [harnessResult(outcome, check), result('skipped', `the harness failed: ${outcome.message}`)];
  }
  return [result('passed')];
}

/** A fault of the harness as a result of its own. */
export function harnessResult(fault: HarnessFault, during?: Check): CheckResult {
  const where = during === undefined ? 'before any check' : `during "${during.title}"`;
  return {
    clause: harnessClause,
    title: `${harnessClause}: ${fault.message.split('\n')[0]}`,
    outcome: 'failed',
    explanation: `The harness is at fault, ${where}; no clause is blamed for it.\n  ${fault.message}\n  Mend the harness, not the backend: the kit calls open, connect, outage, lostReplies, held, corrupt and close, and none may throw.`,
    duration: 0,
  };
}

/** Null: it holds. A text: it is broken. A fault: nobody knows. */
async function runOnce(
  check: Check,
  harness: StorageHarness,
  seed: number,
  time: Time,
): Promise<null | string | HarnessFault> {
  const trace = new Trace();
  const sessions: Session[] = [];
  const name = freshStoreName();
  const open = async (): Promise<Session> => {
    const session = await Session.open(harness, trace, time, { name, ordinal: sessions.length });
    sessions.push(session);
    return session;
  };
  const context: CheckContext = {
    random: Random.of(seed, check.title),
    time,
    open,
    handles: async (count) => (await open()).connectMany(count),
  };
  let verdict: null | string | HarnessFault = null;
  try {
    await check.run(context);
  } catch (error) {
    verdict = error instanceof HarnessFault ? error : explainFailure(check, error, trace, seed);
  }
  for (const session of sessions) {
    try {
      await session.close();
    } catch (error) {
      verdict ??= error as HarnessFault;
    }
  }
  return verdict;
}
