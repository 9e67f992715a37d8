import { jsonOf, viewOf, type CircuitView } from '../circuits/view.js';
import { nothingMatched } from '../faults.js';
import { escapeText, jsonLine } from '../output/escape.js';
import { stateWord } from '../output/states.js';
import { plainTable } from '../output/table.js';
import { againWords, overrideWords, sinceWords } from '../output/words.js';
import { within } from '../store/time-limit.js';
import type { Session } from './session.js';

/** Shows everything that the store holds of one circuit. */
export async function show(session: Session, name: string): Promise<void> {
  const { terminal, store, clock, json, timeout } = session;
  const { record } = await within(timeout, terminal.signal, (signal) => store.backend.retrieve(name, { signal }));
  if (record === null)
    throw nothingMatched(`No record of ${JSON.stringify(name)} in ${store.where}: to its callers it is closed.`);
  const now = clock.now();
  const view = viewOf(name, record, now);
  if (json) {
    const { generation, revision, counters } = record;
    return terminal.out(jsonLine({ ...jsonOf(view, now), generation, revision, counters }));
  }
  const rows = [
    ['circuit', escapeText(name)],
    ['state', stateWord(view.state, terminal)],
    ['since', sinceWords(view, now)],
    ['tries again in', againWords(view, now)],
    ['opened in a row', view.openings === 0 ? '' : String(view.openings)],
    ['failures', failuresOf(view)],
    ['last failure', escapeText(view.lastFailure ?? '')],
    ['override', escapeText(overrideWords(view, now))],
    ['counters', countersOf(record.counters)],
  ];
  return terminal.out(plainTable(rows.filter(([, value]) => value !== '')));
}

/** Counts are cleared when a circuit opens: an open one with none is no circuit without failures. */
function failuresOf({ state, totalFailures, totalSuccesses, consecutiveFailures }: CircuitView): string {
  const calls = totalFailures + totalSuccesses;
  const isCleared = calls === 0 && (state === 'open' || state === 'half-open');
  if (isCleared) return 'the counts were cleared when it opened';
  if (calls === 0) return 'no calls counted since';
  return `${totalFailures} of ${calls} calls, ${consecutiveFailures} in a row`;
}

/** A line each: they are many where a window is counted. */
function countersOf(counters: Readonly<Record<string, number>>): string {
  const names = Object.keys(counters).sort();
  return names.map((name) => `${escapeText(name)} ${String(counters[name])}`).join('\n');
}
