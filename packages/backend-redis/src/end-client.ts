import type { Clock } from '@circuitry/core';
import type { RedisClient } from './script-runner.js';

/** The longest that closing waits for a connection's end, ms. */
const patience = 1_000;

/**
 * With this option a connection that is ended doesn't wait, 2 s by default, for the server to agree. All calls over
 * ours were rejected before.
 */
export const endsAtOnce = { disconnectTimeout: 0 } as const;

/** Ends a client that this package made, and waits until nothing of it is left. */
export async function endClient(client: RedisClient, clock: Clock): Promise<void> {
  const { status } = client;
  if (status === 'end') return;
  if (status === 'reconnecting' || status === 'close') {
    // Between two attempts there is no socket whose end ioredis could tell of.
    client.disconnect();
    return;
  }
  await new Promise<void>((resolve) => {
    const cancel = clock.after(patience, resolve);
    client.once('end', () => {
      cancel();
      resolve();
    });
    client.disconnect();
  });
}
