import type { FleetPlan } from './plan.js';

/**
 * A smaller plan that still fails: jobs and faults are taken out, in halves, then quarters, then one by one, as long
 * as what is left breaks the rule.
 *
 * @param fails runs a plan; true: the rule is still broken
 * @param budget the most runs
 */
export async function shrink(
  plan: FleetPlan,
  fails: (plan: FleetPlan) => Promise<boolean>,
  budget = 300,
): Promise<FleetPlan> {
  let smallest = plan;
  let runs = 0;
  const attempt = async (candidate: FleetPlan): Promise<boolean> => {
    runs += 1;
    if (runs > budget || !(await fails(candidate))) return false;
    smallest = candidate;
    return true;
  };
  for (const key of ['faults', 'jobs'] as const) {
    for (let size = Math.ceil(smallest[key].length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let from = 0; from < smallest[key].length;) {
        const left = smallest[key].filter((_, index) => index < from || index >= from + size);
        if (!(await attempt({ ...smallest, [key]: left }))) from += size;
      }
    }
  }
  return smallest;
}
