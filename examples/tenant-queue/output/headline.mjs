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
      `Half of them waited no longer than ${span(median.withCircuits)} for a worker instead of ${span(median.without)}; ` +
        `95 of 100 no longer than ${span(high.withCircuits)} instead of ${span(high.without)}.`,
      `That is ${number(jobs)} jobs of ${tenants.join(', ')}, each compared with itself.`,
    ],
  };
}
