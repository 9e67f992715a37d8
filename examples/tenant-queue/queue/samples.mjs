/**
 * How many jobs of each tenant were where at a moment of the story.
 *
 * @typedef {{ at: number, tenants: Record<string, { queued: number, delayed: number, running: number }> }} Sample
 */

/**
 * @param {number} at ms of the story
 * @param {readonly string[]} tenants
 * @param {import('./tally.mjs').Tally} tally
 * @returns {Sample}
 */
export function takeSample(at, tenants, tally) {
  const entries = tenants.map((tenant) => {
    const { queued, delayed, running } = tally.of(tenant);
    return [tenant, { queued, delayed, running }];
  });
  return { at, tenants: Object.fromEntries(entries) };
}
