import { healthyTenants } from '../input/scenario.mjs';
import { span } from './words.mjs';

/**
 * A warning where the machine had so little time for the demo that its calls took more than twice as long as their
 * provider worked on them: then the workers are full because of that, and the passes compare badly. Null where not.
 *
 * @param {import('../demo.mjs').DemoResult} result
 * @returns {string | null}
 */
export function describeBusyMachine({ scenario, without, withCircuits }) {
  const healthy = new Set(healthyTenants(scenario));
  const done = [...without.histories, ...withCircuits.histories].filter(({ job }) => healthy.has(job.tenant));
  let took = 0;
  let takes = 0;
  for (const { job, startedAt, finishedAt } of done) {
    if (startedAt === null || finishedAt === null) continue;
    took += finishedAt - startedAt;
    takes += job.takes;
  }
  if (took <= 2 * takes) return null;
  return (
    `This machine was busy: a healthy tenant's call took ${span(took / done.length)} instead of ${span(takes / done.length)}, ` +
    'with or without circuits. A lower timeScale in the scenario gives a fairer picture.'
  );
}
