import type { Clock } from '../time/clock.js';
import type { Call, WorkContext } from './call.js';
import { WorkTimeoutError } from './call-errors.js';

/** What a breaker protects. A plain value or a synchronous throw will do as well as a promise. */
export type Work<T> = (context: WorkContext) => T | PromiseLike<T>;

/**
 * Runs work that must be done within `timeout` ms: at its end the work's signal is aborted and the promise rejects at
 * once with a WorkTimeoutError; what the work does later is ignored.
 */
export function withTimeout<T, Context>(work: Work<T>, call: Call<Context>, timeout: number, clock: Clock): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(timeout, () => {
      const error = new WorkTimeoutError(call.circuit.name, timeout);
      call.abort(error);
      reject(error);
    });
    const settle = async (): Promise<T> => work(call);
    settle().then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
