import { number, span } from './words.mjs';

/**
 * What the demo comes to, in a sentence, and what that rests on in two more.
 *
 * @param {import('./summary.mjs').Gain} gain
 */
export function headline({ healthy, mean, most, jobs, tenants, median, high }) {
  const whose = healthy ? `The healthy tenants' jobs` : 'All jobs';
  const how = mean < 0 ? `${span(-mean)} later` : `${span(mean)} sooner`;
  const found = [median, high].map(compared);
  const waits = [
    found[0] === null ? null : `half ${found[0]}`,
    found[1] === null ? null : `95 of 100 ${found[1]}`,
  ].filter((each) => each !== null);
  return {
    title: `${whose} were finished ${how} on average with circuits, the luckiest ${span(most)}.`,
    details: [
      ...(waits.length === 0 ? [] : [`Of these jobs ${waits.join(', and ')}.`]),
      `That is ${number(jobs)} jobs of ${tenants.join(', ')}, each compared with itself.`,
    ],
  };
}

/**
 * Two waits in words; null where both read the same: there is nothing to compare.
 *
 * @param {{ withCircuits: number, without: number }} wait
 */
function compared({ withCircuits, without }) {
  const [now, before] = [span(withCircuits), span(without)];
  if (now === before) return null;
  return `found a worker ${now === span(0) ? 'at once' : `within ${now}`} instead of within ${before}`;
}
