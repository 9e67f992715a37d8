import { answerOf } from '../circuit/resolver.js';
import { isThenable } from '../time/thenable.js';
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
    let cancel = (): void => {};
    const arm = (ms: number, isExtension: boolean): void => {
      const dueAt = clock.now() + ms;
      cancel = clock.after(ms, () => {
        const late = clock.now() - dueAt;
        if (late > usual && !isExtension) arm(Math.max(grace, Math.min(late, timeout / 10)), true);
        else expire();
      });
    };
    const expire = (): void => {
      const error = new WorkTimeoutError(call.circuit.name, timeout);
      // First told: the work's own rejection by its signal must not come before it.
      reject(error);
      call.abort(error);
    };
    arm(timeout, false);
    try {
      const answer = work(call);
      if (!isThenable(answer)) {
        cancel();
        resolve(answer);
        return;
      }
      answer.then(
        (value) => {
          cancel();
          resolve(value);
        },
        (error: unknown) => {
          cancel();
          reject(error);
        },
      );
    } catch (error) {
      cancel();
      reject(error);
    }
  });
}
