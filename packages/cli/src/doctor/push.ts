import { randomUUID } from 'node:crypto';
import { systemClock, type Unwatch } from '@circuitry/core';
import { within } from '../store/time-limit.js';
import { messageOf } from '../faults.js';
import { probe, type Patient } from './patient.js';
import { ok, warning, type Finding } from './finding.js';

/** How long a message may be under way, ms. */
const patience = 2_000;
const ttl = 60_000;
const harmless = 'Circuits stay right without push: a trip is only known later, when each process next asks.';

/** Whether a transition that is stored is heard: stores one of its own, and listens. */
export async function examinePush({ backend, timeout, signal }: Patient): Promise<Finding> {
  if (backend.watch === undefined) return ok('push', `the store does not push. ${harmless}`);
  const name = `circuitry-cli/doctor/${randomUUID()}`;
  let unwatch: Unwatch = async () => {};
  let cancel = (): void => {};
  try {
    const heard = await new Promise<boolean>((resolve, reject) => {
      cancel = systemClock.after(patience, () => resolve(false));
      const begin = async (): Promise<void> => {
        const listener: Parameters<NonNullable<typeof backend.watch>>[0] = (event) => {
          if (event.type === 'transition' && event.name === name) resolve(true);
        };
        unwatch = await within(
          timeout,
          signal,
          async (limit) => (await backend.watch?.(listener, { signal: limit })) ?? unwatch,
        );
        await within(timeout, signal, (limit) =>
          backend.store(name, null, probe(systemClock.now()), { ttl, signal: limit }),
        );
      };
      begin().catch(reject);
    });
    return heard
      ? ok('push', 'a transition is pushed to this process')
      : warning(
          'push',
          `nothing was heard within ${patience} ms of a transition`,
          `Let the user publish and subscribe. ${harmless}`,
        );
  } catch (error) {
    return warning('push', messageOf(error), harmless);
  } finally {
    cancel();
    await unwatch().catch(() => {});
    await within(timeout, signal, (limit) => backend.delete(name, { signal: limit })).catch(() => {});
  }
}
