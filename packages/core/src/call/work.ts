import { answerOf } from '../circuit/resolver.js';
import type { Clock } from '../time/clock.js';
import { WorkTimeoutError } from '../errors/call-errors.js';
import type { Call, WorkContext } from './call.js';

/** What a breaker protects. A plain value or a synchronous throw will do as well as a promise of any kind. */
export type Work<T> = (context: WorkContext) => T | PromiseLike<T>;

/** How late a timer may come although nothing stood still, ms. */
const usual = 10;
/** The least that is given to hear what came meanwhile, ms. */
const grace = 50;

/**
 * Runs work that must be done within `timeout` ms. At its end the work's signal is aborted and the promise rejects at once
 * with a WorkTimeoutError; what the work does later is ignored.
 *
 * A timer that comes late tells of a process that stood still. The answer may wait in a socket then: timers come
 * before sockets, so the work is given a little more.
 */
export function withTimeout<T>(work: Work<T>, call: Call, timeout: number, clock: Clock): Promise<T> {
  return answerOf<T>(({ resolve, reject }) => {
    let isOver = false;
    let cancel = (): void => {};
    const expired = answerOf<void>((to) => {
      const arm = (ms: number, isExtension: boolean): void => {
        const dueAt = clock.now() + ms;
        cancel = clock.after(ms, () => {
          const late = clock.now() - dueAt;
          if (late > usual && !isExtension) arm(Math.max(grace, Math.min(late, timeout / 10)), true);
          else to.resolve();
        });
      };
      arm(timeout, false);
    });
    // Awaited here, so that those who listen to the work's signal hear of it in this call's async context.
    void expired.then(() => {
      if (isOver) return;
      const error = new WorkTimeoutError(call.circuit.name, timeout);
      // First told: the work's own rejection by its signal must not come before it.
      reject(error);
      call.abort(error);
    });
    const over = (): void => {
      isOver = true;
      cancel();
    };
    // Awaited by the host's own promise: a thenable of some library may answer another one, that is not settled yet.
    const working = (async () => work(call))();
    working.then(over, over);
    working.then(resolve, reject);
  });
}
