import { counted, moment, span } from './words.mjs';

/**
 * What became of what a killed worker left behind; null where none was killed.
 *
 * @param {import('../pass.mjs').Pass} pass
 * @returns {string[] | null}
 */
export function describeAftermath({ killed, histories, changes }) {
  if (killed === null) return null;
  const lost = histories.filter((history) => history.lost > 0);
  const done = lost.filter(({ finishedAt }) => finishedAt !== null);
  const { worker, pid, at, tenant } = killed;
  const held = tenant === null ? '' : `, while it held the only trial of ${tenant}'s circuit`;
  const lines = [
    `Worker ${worker} (process ${pid}) was killed with SIGKILL at ${moment(at)}${held}.`,
    `The ${counted(lost.length, 'job')} in its hands went back into the queue; ${done.length} of them are done.`,
  ];
  const later = tenant === null ? [] : (changes[tenant] ?? []).filter((change) => change.at > at);
  const next = later[0];
  const closed = later.find(({ state }) => state === 'closed');
  if (next !== undefined) {
    const what = next.state === 'half-open' ? 'another worker took the next trial' : `the circuit was ${next.state}`;
    lines.push(`The dead worker's trial stood for ${span(next.at - at)}, until its lease was over; then ${what}.`);
  }
  if (closed !== undefined) lines.push(`At ${moment(closed.at)} ${tenant}'s circuit was closed again: nothing sticks.`);
  return lines;
}
