import { DelayedError } from 'bullmq';

/**
 * How long a job waits whose refusal names no time, ms: its circuit is forced open until somebody releases it, or the
 * store of the circuits can't be asked (under `onStorageFailure: 'throw'`).
 */
const pause = 60_000;

/**
 * A BullMQ processor whose jobs run behind the circuit of their tenant. A job that is refused did not run: it is moved
 * to delayed until its circuit may admit it, and none of its attempts is used up.
 *
 * @template {{ tenantId: string }} Data
 * @template Result
 * @param {import('@circuitry/core').CircuitBreakerFactory<{ tenantId: string }>} factory
 * @param {string} circuit
 * @param {(job: import('bullmq').Job<Data, Result>, options: { signal: AbortSignal }) => Promise<Result>} work
 * @returns {import('bullmq').Processor<Data, Result>}
 */
export function delayRefused(factory, circuit, work) {
  return async (job, token, signal) => {
    const breaker = factory.breakerFor(circuit, { tenantId: job.data.tenantId });
    const result = await breaker.settle((running) => work(job, running), signal && { signal });
    if (result.status === 'fulfilled') return result.value;
    if (result.status === 'rejected') throw result.reason;
    await job.moveToDelayed(Date.now() + retryAfterOf(result.error), token);
    // Tells the worker that the job is elsewhere already.
    throw new DelayedError();
  };
}

/** @param {unknown} refusal @returns {number} ms */
function retryAfterOf(refusal) {
  const { retryAfter } = /** @type {{ retryAfter?: number | null }} */ (refusal);
  return retryAfter ?? pause;
}
