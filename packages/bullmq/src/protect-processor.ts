import type { CircuitBreakerFactory, DefaultContext, WorkContext } from '@circuitry/core';
import type { Job } from 'bullmq';
import { CallSignal } from './call-signal.js';
import { isHandedBack, isUnrecoverable } from './handed-back.js';
import { checkGiven, readProcessorOptions, type ProcessorOptions } from './options.js';
import { putOff } from './refused-job.js';
import { cancelWhatIsLost } from './worker-of.js';

/** A processor that is also told about its circuit: `{ signal, isTrial, decidedBy }`. */
export type ProtectedWork<Data, Result, Name extends string> = (
  job: Job<Data, Result, Name>,
  token: string | undefined,
  context: WorkContext,
) => Result | PromiseLike<Result>;

/** What `new Worker(name, processor)` takes. */
export type CircuitProcessor<Data, Result, Name extends string> = (
  job: Job<Data, Result, Name>,
  token?: string,
  signal?: AbortSignal,
) => Promise<Result>;

/**
 * A processor for BullMQ whose jobs run behind circuits.
 *
 * A refused job did not run: it is moved to delayed until its circuit may let it through, and none of its attempts is used up.
 * Work that hands its job back (DelayedError, RateLimitError, WaitingChildrenError) or that BullMQ cancels counts as nothing.
 * Any other error is the job's own, and is thrown as it came.
 *
 * @throws InvalidSettingsError with every faulty option, or for what is no factory and no work
 */
export function protectProcessor<Data, Result, Name extends string = string, Context = DefaultContext>(
  factory: CircuitBreakerFactory<Context>,
  options: ProcessorOptions<Data, Context>,
  work: ProtectedWork<Data, Result, Name>,
): CircuitProcessor<Data, Result, Name> {
  checkGiven(factory, work);
  const rules = readProcessorOptions(options);
  // BullMQ looks whether a processor names three parameters: others get no signal.
  return async function circuitProcessor(job, token, signal) {
    cancelWhatIsLost(job);
    const circuit = typeof rules.circuit === 'function' ? rules.circuit(job) : rules.circuit;
    const breaker = factory.breakerFor(circuit, (rules.context?.(job) ?? {}) as Context);
    const call = new CallSignal(signal);
    const run = async (context: WorkContext): Promise<Result> => {
      try {
        return await work(job, token, context);
      } catch (error) {
        if (isHandedBack(error) || (rules.ignoreUnrecoverable && isUnrecoverable(error))) call.abort(error);
        throw error;
      }
    };
    const result = await breaker.settle(run, { signal: call.signal }).finally(() => call.finish());
    if (result.status === 'fulfilled') return result.value;
    if (result.status === 'rejected') throw result.reason;
    // Cancelled before it began: that is BullMQ's business, not the circuit's.
    if (signal?.aborted === true) throw result.error;
    throw await putOff(job, token, result.error, rules);
  };
}
