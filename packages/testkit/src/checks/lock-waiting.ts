import { isCircuitryError } from '@circuitry/core';
import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { show } from '../conformance/telling/show.js';
import { mustRejectWith } from './rejections.js';

const long = { lease: 60_000 };

export const lockWaiting: readonly Check[] = [
  check('L6', 'waiting for a lock obeys wait and signal', async ({ handles, time }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause = '`wait` or `signal` is ignored, or looked at only between long retries.';
    await a.lock('circuit', long);
    for (const wait of [undefined, 0, 200]) {
      const began = time.now();
      const isOver = time.watchFor((wait ?? 0) + 3_000);
      const did = `the lock is held; tried with wait ${wait ?? 'left out'}`;
      await mustRejectWith(
        'ERR_LOCK_TIMEOUT',
        () => b.lock('circuit', { ...long, ...(wait !== undefined && { wait }) }),
        { did, cause },
      );
      const took = time.now() - began;
      must(took >= (wait ?? 0) - 25 && !isOver(), {
        did,
        expected: `a rejection after about ${wait ?? 0} ms`,
        seen: `after ${took} ms`,
        cause,
      });
    }
    const controller = new AbortController();
    const reason = new Error('the job was cancelled');
    const began = time.now();
    const isOver = time.watchFor(5_000);
    const waiting = b.lock('circuit', { ...long, wait: 60_000, signal: controller.signal }).then(
      () => 'it got the lock',
      (error: unknown) => error,
    );
    await time.pause(50);
    controller.abort(reason);
    const outcome = await waiting;
    // On a busy machine the first try may not have been answered yet, and then the store may as well be down (E4).
    const unanswered = isCircuitryError(outcome, 'ERR_STORAGE') && (outcome as Error).cause === reason;
    must((outcome === reason || unanswered) && !isOver(), {
      did: 'the lock is held; waited 60 s for it and aborted the signal after 50 ms',
      expected: 'a prompt rejection with the signal’s reason',
      seen: `${show(outcome)} after ${time.now() - began} ms`,
      cause,
    });
  }),

  check(
    'L6',
    'a waiter gets the lock as soon as it is free, and one that gave up takes nothing',
    async ({ handles, time }) => {
      const [a, b] = (await handles(2)) as [Handle, Handle];
      const held = await a.lock('circuit', long);
      const other = await a.lock('given up', long);
      const controller = new AbortController();
      const waiting = b.lock('circuit', { ...long, wait: 30_000 });
      const gaveUp = [
        b.lock('given up', { ...long, wait: 30_000, signal: controller.signal }),
        b.lock('given up', { ...long, wait: 100 }),
      ].map((lock) => lock.catch(() => null));
      await time.pause(200);
      controller.abort(new Error('the job was cancelled'));
      const began = time.now();
      const isOver = time.watchFor(6_000);
      await held.release();
      const lease = await waiting.catch(() => null);
      must(lease !== null && !isOver(), {
        did: 'B waited for up to 30 s; A released the lock',
        expected: 'B gets it within moments',
        seen: lease === null ? 'B was refused' : `after ${time.now() - began} ms`,
        cause: 'The lock is tried once, or again only after a long pause.',
      });
      const leases = await Promise.all(gaveUp);
      for (const taken of [other, ...leases]) await taken?.release();
      await time.pause(50);
      const free = await a.lock('given up', { ...long, wait: 2_000 }).catch(() => null);
      must(free !== null, {
        did: 'callers waited for a held lock and gave up, by signal and by wait; then its holder released it and another tried',
        expected: 'it gets the lock',
        seen: 'it was refused: one that gave up has it',
        cause: 'The request that waits in the store is not withdrawn when its caller gives up.',
      });
    },
  ),
];
