import { isTransition, totalOf, type LedgerEntry } from './rules/ledger.js';
import { stalenessOf, type FleetPlan } from './plan/plan.js';
import type { EndedCall, World } from './world.js';

/** F2, without faults: all outcomes whose circuit did not change under them are counted, and none twice. */
export function checkCounts({ plan, ledger, chronicle, ended }: World): void {
  for (const name of ledger.names()) {
    const entries = ledger.entries(name);
    const counted = entries.reduce((sum, entry) => sum + countedBy(entry), 0);
    const calls = ended.filter((call) => call.name === name);
    // Then a success of a healthy circuit is not written at all.
    const mayBeLeftOut = (call: EndedCall): boolean => plan.settings.counting === 'failures' && call.kind !== 'failure';
    const changes = entries.filter(isTransition).map((entry) => entry.at);
    const undisturbed = calls.filter((call) => {
      if (mayBeLeftOut(call)) return false;
      const [from, until] = lifeOf(call, plan);
      return !changes.some((at) => at >= from && at <= until);
    });
    const tooLate = calls.filter(({ workedFrom, workedUntil }) =>
      changes.some((at) => at > workedFrom && at < workedUntil),
    );
    if (counted > calls.length - tooLate.length) {
      chronicle.violated(
        'F2',
        `${name} counted ${counted} outcomes of ${calls.length} calls, ${tooLate.length} of which outlived their state`,
      );
    }
    if (counted < undisturbed.length) {
      chronicle.violated(
        'F2',
        `${name} counted ${counted} outcomes, and ${undisturbed.length} calls ended in the state that they began in`,
      );
    }
  }
}

/** From the state that let a call in until its outcome reached the store, at the latest. */
function lifeOf(
  { begunAt, endedAt, decidedBy, kind }: EndedCall,
  plan: FleetPlan,
): readonly [from: number, until: number] {
  const { latency, settings } = plan;
  // What a view let in belongs to the state that the view was of.
  const from = decidedBy === 'view' ? begunAt - stalenessOf(plan) : begunAt;
  // Its caller does not wait for a success that is merged in memory: a flush, behind a write on the wire, takes it along.
  const isMerged = settings.maxStaleness !== null && kind === 'success';
  return [from, isMerged ? endedAt + settings.maxStaleness + 3 * latency + 2 : endedAt];
}

function countedBy({ verb, before, after }: LedgerEntry): number {
  if (after === null || verb === 'flush') return 0;
  if (verb === 'apply' || before === null) return totalOf(after) - totalOf(before);
  // A clear begins with the outcomes that it carries; any other store carries what there was.
  const isClear = before.state === 'closed' && after.state === 'closed' && before.since === after.since;
  return isClear && after.generation > before.generation
    ? totalOf(after)
    : isClear
      ? totalOf(after) - totalOf(before)
      : 0;
}
