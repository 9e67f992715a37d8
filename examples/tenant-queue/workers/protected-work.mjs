import { CircuitBreakerFactory, circuitName, isCircuitryError } from '@circuitry/core';
import { deliver } from './deliver.mjs';

/** @typedef {import('./work.mjs').AttemptResult} AttemptResult */
/** @typedef {import('./work.mjs').WorkSettings} WorkSettings */

/**
 * The work of a job behind its tenant's circuit. This is all that a user of circuitry writes.
 *
 * @param {WorkSettings} settings
 * @param {import('@circuitry/core').StorageBackend} backend where all workers' circuits live
 * @param {(report: import('./work.mjs').CircuitReport) => void} report
 */
export function protectedWork({ provider, workTimeout, circuit, store }, backend, report) {
  const tenantOf = /** @type {Map<string, string>} */ (new Map());
  const factory = new CircuitBreakerFactory({
    backend,
    nameFor: (name, { tenant }) => circuitName(name, tenant),
    workTimeout,
    ...circuit,
    ...store,
    // This machine may be busy with more than the demo.
    storageTimeout: '3s',
  });
  factory.on('observed', ({ name, information: { state, since, revision } }) => {
    report({ type: 'circuit', tenant: tenantOf.get(name) ?? name, state, since, revision });
  });
  factory.on('stateChange', ({ name, to }) => {
    // Whoever begins a half-open round holds its first trial.
    if (to === 'half-open') report({ type: 'trial', tenant: tenantOf.get(name) ?? name });
  });

  return {
    /**
     * @param {import('../input/jobs.mjs').Job} job
     * @param {number} attempt
     * @param {AbortSignal} closing
     * @returns {Promise<AttemptResult>}
     */
    async run(job, attempt, closing) {
      const breaker = factory.breakerFor('deliver', { tenant: job.tenant });
      tenantOf.set(breaker.name, job.tenant);
      try {
        await breaker.execute(({ signal }) => deliver(provider, job, attempt, signal), { signal: closing });
        return { outcome: 'done' };
      } catch (error) {
        if (isCircuitryError(error) && 'retryAfter' in error) {
          return { outcome: 'refused', retryAfter: /** @type {number | null} */ (error.retryAfter) };
        }
        return { outcome: 'failed', error: String(error) };
      }
    },
    close: () => factory.close(),
  };
}
