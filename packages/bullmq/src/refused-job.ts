import { systemClock, type Duration } from '@circuitry/core';
import { DelayedError, RateLimitError, type Job } from 'bullmq';
import { MissingTokenError } from './missing-token-error.js';
import { delayOf, type ProcessorRules } from './options.js';
import { workerOf } from './worker-of.js';

/** How long a job waits where `delay` answers nothing that can be used, ms. */
const minute = 60_000;

/**
 * Puts a refused job where it waits for its circuit, and answers the error that tells BullMQ so.
 *
 * None of its attempts is used up: `attemptsMade` stays, `attemptsStarted` has grown by one.
 *
 * @throws MissingTokenError, or what BullMQ says where the job's lock is lost
 */
export async function putOff(
  job: Job,
  token: string | undefined,
  refusal: unknown,
  rules: ProcessorRules,
): Promise<Error> {
  const wait = (await waitOf(refusal, job, rules.delay)) ?? minute;
  const worker = workerOf(job);
  const isInGroup = (job.opts as { group?: { id?: unknown } } | undefined)?.group?.id !== undefined;
  if (rules.pauseGroup && isInGroup && worker?.rateLimitGroup !== undefined) {
    await worker.rateLimitGroup(job, wait);
    return new RateLimitError();
  }
  // Without one BullMQ would look for the lock of nobody, and say that the job has none.
  if (token === undefined || token === '') throw new MissingTokenError(job.id, refusal);
  await job.moveToDelayed(systemClock.now() + wait, token);
  return new DelayedError();
}

/** Null: nothing that can be used. */
async function waitOf(refusal: unknown, job: Job, delay: ProcessorRules['delay']): Promise<number | null> {
  const { retryAfter } = (refusal ?? {}) as { retryAfter?: unknown };
  if (typeof retryAfter === 'number') return retryAfter;
  if (typeof delay !== 'function') return delayOf(delay);
  try {
    const answer: Duration = await delay(refusal, job);
    return delayOf(answer);
  } catch (error) {
    // Thrown on, it would use up an attempt of a job that did not run.
    console.error(`@circuitry/bullmq: delay threw for job ${job.id}, which waits a minute instead.`, error);
    return null;
  }
}
