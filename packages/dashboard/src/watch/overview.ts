import type { Health, KindCounts, Overview, Reason, TroubleCounts } from '../protocol/answers.js';
import type { CircuitView } from '../protocol/circuit.js';

const hour = 3_600_000;
const parts = 12;
const mostReasons = 8;
const mostKinds = 12;
const mostLately = 8;

/** The first screen, from the circuits in trouble. */
export function overviewOf(views: readonly CircuitView[], health: Health, now: number): Overview {
  const kinds = new Map<string, { -readonly [Key in keyof KindCounts]: KindCounts[Key] }>();
  const counts = noCounts();
  for (const view of views) {
    const field = fieldOf(view);
    let kind = kinds.get(view.kind);
    if (kind === undefined) kinds.set(view.kind, (kind = { kind: view.kind, ...noCounts() }));
    counts[field] += 1;
    kind[field] += 1;
  }
  const reasons = reasonsOf(views);
  const opened = views.filter((view) => view.since > now - hour && view.since <= now);
  const lastHour = Array.from({ length: parts }, () => 0);
  for (const { since } of opened) {
    const part = Math.min(parts - 1, Math.floor((since - (now - hour)) / (hour / parts)));
    lastHour[part] = (lastHour[part] ?? 0) + 1;
  }
  return {
    now,
    counts,
    kinds: [...kinds.values()].sort((one, other) => sumOf(other) - sumOf(one)).slice(0, mostKinds),
    reasons: reasons.slice(0, mostReasons),
    moreReasons: Math.max(0, reasons.length - mostReasons),
    lately: [...opened].sort((one, other) => other.since - one.since).slice(0, mostLately),
    lastHour,
    health,
  };
}

function fieldOf({ state, override }: CircuitView): keyof TroubleCounts {
  if (override !== null) return override.state === 'open' ? 'forcedOpen' : 'forcedClosed';
  return state === 'open' ? 'open' : 'halfOpen';
}

/** Why circuits are open: by what opened them, and their kind, most circuits first. An operator's hand is no failure. */
function reasonsOf(views: readonly CircuitView[]): readonly Reason[] {
  const reasons = new Map<string, { -readonly [Key in keyof Reason]: Reason[Key] }>();
  for (const { name, kind, override, lastFailure } of views) {
    if (override !== null) continue;
    const key = JSON.stringify([kind, lastFailure]);
    const reason = reasons.get(key);
    if (reason === undefined) reasons.set(key, { kind, lastFailure, circuits: 1, name });
    else {
      reason.circuits += 1;
      reason.name = null;
    }
  }
  return [...reasons.values()].sort((one, other) => other.circuits - one.circuits);
}

function noCounts(): { -readonly [Key in keyof TroubleCounts]: number } {
  return { open: 0, halfOpen: 0, forcedOpen: 0, forcedClosed: 0 };
}

function sumOf({ open, halfOpen, forcedOpen, forcedClosed }: TroubleCounts): number {
  return open + halfOpen + forcedOpen + forcedClosed;
}
