import { gainOf, sumUp, tenantRow } from './summary.mjs';

/**
 * The numbers of a demo as plain data, for --results.
 *
 * @param {import('../demo.mjs').DemoResult} result
 */
export function resultsOf(result) {
  const tenants = Object.keys(result.scenario.tenants);
  const numbers = (/** @type {import('../pass.mjs').Pass} */ { histories, duration, changes, killed }) => ({
    duration,
    all: sumUp(histories),
    tenants: Object.fromEntries(tenants.map((tenant) => [tenant, tenantRow(tenant, histories)])),
    circuits: changes,
    killed,
  });
  return {
    backend: result.backendName,
    timeScale: result.scenario.timeScale,
    gain: gainOf(result),
    without: numbers(result.without),
    withCircuits: numbers(result.withCircuits),
  };
}
