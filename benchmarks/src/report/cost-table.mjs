import { ratioOf } from '../measure/rounds.mjs';
import { number, table } from './format.mjs';

/** What each contestant costs per call, with the spread over the rounds, and as a ratio to the reference. */
export function costTable(results, { reference }) {
  const name = results.find(({ id }) => id === reference).name;
  const rows = results.map((result) => [
    result.name,
    `${number(result.cpu.median)} (${number(result.cpu.best)}–${number(result.cpu.worst)})`,
    `${number(result.wall.median)} (${number(result.wallBest)}–${number(result.wall.worst)})`,
    number(ratioOf(results, result.id, reference, 'cpu')),
    number(ratioOf(results, result.id, reference, 'wall')),
  ]);
  const head = [
    '',
    'processor time, ns per call',
    'wall time, ns per call',
    `of ${name}'s processor time`,
    `of ${name}'s wall time`,
  ];
  return table(head, rows);
}
