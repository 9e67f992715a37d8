import { number, span } from './words.mjs';

/**
 * What the demo comes to, in a sentence, and what that rests on in two more.
 *
 * @param {import('./summary.mjs').Gain} gain
 */
export function headline({ healthy, mean, most, jobs, tenants, median, high }) {
  const whose = healthy ? `The healthy tenants' jobs` : 'All jobs';
  const how = mean < 0 ? `${span(-mean)} later` : `${span(mean)} sooner`;
  return {
    title: `${whose} were finished ${how} on average with circuits, the luckiest ${span(most)}.`,
    details: [
      `${compared('Half of them', median, ' for a worker')}; ${compared('95 of 100', high, '')}.`,
      `That is ${number(jobs)} jobs of ${tenants.join(', ')}, each compared with itself.`,
    ],
  };
}

/**
 * Two waits in words. Where both read the same there is nothing to compare.
 *
 * @param {string} whose
 * @param {{ withCircuits: number, without: number }} wait
 * @param {string} what they waited for
 */
function compared(whose, { withCircuits, without }, what) {
  const [now, before] = [span(withCircuits), span(without)];
  if (now === before) return `${whose} waited no longer than ${now}${what} either way`;
  return `${whose} waited no longer than ${now}${what} instead of ${before}`;
}
