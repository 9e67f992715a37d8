import type { Clock } from '@circuitry/core';
import { ExecutionError } from 'redlock';

/** How long a verdict waits for the servers whose vote could not change it any more, ms. */
const lateVotes = 100;

/**
 * Why redlock did not get its majority: 'held' where most servers answered and the lock is not ours there; otherwise
 * the first fault of a server.
 *
 * redlock tells the two apart in its statistics only, and those settle once *every* server has voted: never, with one
 * that hangs. So they get little time, and servers that don't use it are counted as having said no.
 */
export async function whyRefused(error: unknown, clock: Clock): Promise<'held' | Error> {
  if (!(error instanceof ExecutionError)) return error instanceof Error ? error : new Error(String(error));
  const last = error.attempts.at(-1);
  // Refused before anything was sent: the lock's time is over.
  if (last === undefined) return 'held';
  const stats = await within(last, clock, lateVotes);
  if (stats === null) return 'held';
  const faults = [...stats.votesAgainst.values()].filter((fault) => fault.name !== 'ResourceLockedError');
  const answered = stats.membershipSize - faults.length;
  return answered >= stats.quorumSize ? 'held' : (faults[0] as Error);
}

/** Settles as `promise` does, or with null after `ms`. */
export function within<T>(promise: Promise<T>, clock: Clock, ms: number): Promise<T | null> {
  return new Promise((resolve, reject) => {
    // In the background: who was aborted or closed meanwhile must not keep the process alive with it.
    const cancel = clock.after(ms, () => resolve(null), { background: true });
    promise.then(
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
