import type { NamedRecord } from '@circuitry/core';
import { byName, listAll, listTroubled } from '../circuits/listing.js';
import { Reasons } from '../circuits/reasons.js';
import { isIn, type StateFilter } from '../circuits/state-filter.js';
import { jsonOf, viewOf, type CircuitView } from '../circuits/view.js';
import { nothingMatched } from '../faults.js';
import { escapeText, jsonLine } from '../output/escape.js';
import { stateWord } from '../output/states.js';
import { plainTable, StreamedTable } from '../output/table.js';
import { againWords, overrideWords, sinceWords } from '../output/words.js';
import { listerOf, type CommonOptions, type Session } from './session.js';

/** What `list` takes. */
export interface ListVerbOptions extends CommonOptions {
  readonly prefix?: string;
  readonly state?: StateFilter;
  readonly limit?: number;
}

const head = ['circuit', 'state', 'since', 'tries again in', 'failures', 'last failure', 'override'];
/** Columns of the summary: fits a narrow screen. */
const reasonWidths = [10, 62];

/**
 * Lists circuits, the troubled first, as a table or a JSON line each; below a table stands why, counted. Memory does not
 * grow with their number.
 */
export async function list(session: Session, { prefix, state, limit = Infinity }: ListVerbOptions): Promise<void> {
  const { terminal, clock, json } = session;
  const table = new StreamedTable(terminal, head);
  const reasons = new Reasons();
  let shown = 0;
  let hasMore = false;
  for await (const { name, record } of source(session, prefix, state)) {
    const view = viewOf(name, record, clock.now());
    if (!isIn(view, state)) continue;
    if (shown === limit) {
      hasMore = true;
      break;
    }
    shown += 1;
    reasons.add(view);
    if (json) await terminal.out(jsonLine(jsonOf(view, clock.now())));
    else await table.add(rowOf(view, session));
  }
  await table.flush();
  if (hasMore) terminal.note(`There are more than ${limit}; --limit shows more of them.\n`);
  else if (!json) terminal.note(summary(reasons));
  if (shown === 0) throw nothingMatched(nothing(session, prefix, state));
}

/** Why circuits are not closed, counted; '' for a single one, whose row says it all. */
function summary(reasons: Reasons): string {
  if (reasons.troubled < 2) return '';
  const rows = reasons.counted().map(([count, why]) => [count, escapeText(why)]);
  return `${reasons.troubled} circuits are not closed:\n${plainTable(rows, reasonWidths)}`;
}

function source(
  session: Session,
  prefix: string | undefined,
  state: StateFilter | undefined,
): AsyncIterable<NamedRecord> {
  const list = listerOf(session);
  const options = prefix === undefined ? {} : { prefix };
  if (state === undefined) return listAll(list, options, session.clock.now());
  // An override that lapsed, of which the record does not know yet, is a closed circuit among the troubled.
  if (state === 'closed') return list(options);
  const onScan = (): void =>
    session.terminal.note('This store has no index of troubled circuits: all of them are looked at.\n');
  return byName(listTroubled(list, options, onScan));
}

function rowOf(view: CircuitView, { terminal, clock }: Session): string[] {
  const now = clock.now();
  const { consecutiveFailures, totalFailures } = view;
  const failures = totalFailures === 0 ? '' : `${totalFailures}`;
  return [
    escapeText(view.name),
    stateWord(view.state, terminal),
    sinceWords(view, now),
    againWords(view, now),
    consecutiveFailures > 1 ? `${failures}, ${consecutiveFailures} in a row` : failures,
    escapeText(view.lastFailure ?? ''),
    escapeText(overrideWords(view, now)),
  ];
}

function nothing({ store }: Session, prefix: string | undefined, state: StateFilter | undefined): string {
  const which = [state ?? '', prefix === undefined ? '' : `that begins with ${JSON.stringify(prefix)}`];
  return `No circuit ${which.filter((part) => part !== '').join(' ')} in ${store.where}.`.replace('  ', ' ');
}
