import type { Job } from 'bullmq';

/** A worker, as far as it is used. `rateLimitGroup` is BullMQ Pro's. */
interface WorkerLike {
  on(event: 'lockRenewalFailed', listener: (jobIds: readonly string[]) => void): unknown;
  cancelJob?(jobId: string, reason?: string): boolean;
  rateLimitGroup?(job: Job, ms: number): Promise<unknown>;
}

/** The worker that runs the job: a job's queue is whoever made it. None in a sandbox, or for a job that a queue read. */
export function workerOf(job: Job): WorkerLike | null {
  const { queue } = job as unknown as { queue?: Partial<WorkerLike> | null };
  return typeof queue === 'object' && queue !== null && typeof queue.on === 'function' ? (queue as WorkerLike) : null;
}

const followed = new WeakSet<object>();

/**
 * Cancels jobs whose lock the worker could not renew: another worker may be running them by now. BullMQ leaves that to its
 * users. Once per worker.
 */
export function cancelWhatIsLost(job: Job): void {
  const worker = workerOf(job);
  if (worker?.cancelJob === undefined || followed.has(worker)) return;
  followed.add(worker);
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const jobId of jobIds) worker.cancelJob?.(jobId, 'its lock is lost');
  });
}
