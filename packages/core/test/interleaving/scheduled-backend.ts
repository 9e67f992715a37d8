import type { Scheduler } from 'fast-check';
import type { Conduct } from '../breaker/support/recording-backend.js';

/**
 * Every call waits for the scheduler twice: on its way to the store, and its answer on the way back. So a call may be
 * overtaken before it happens, and its answer may be old when it comes.
 */
export function scheduled(scheduler: Scheduler, worker: number): Conduct {
  return async (call, make) => {
    const label = `worker ${worker} ${call.verb}`;
    await scheduler.schedule(Promise.resolve(), `${label} →`);
    const answer = await make();
    await scheduler.schedule(Promise.resolve(), `${label} ←`);
    return answer;
  };
}
