import { isCircuitryError } from '@circuitry/core';
import { nextTurn, type Time } from '../clock.js';
import { nothingFromOutside } from '../concurrency/together.js';
import { check, type Check } from '../conformance/check.js';
import { CheckFailure, must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { show, showError } from '../conformance/telling/show.js';

/** A short lease, and how long this process then stands still, ms: what is answered meanwhile comes too late. */
const short = 200;
const stall = 230;
const patience = 8_000;

/** How far the call is when the process stands still: some backends ask twice, and each store answers in its own time. */
const moments: readonly (readonly [string, (time: Time) => Promise<void>])[] = [
  ['at once', nothingFromOutside],
  ['a turn of the event loop later', () => nextTurn()],
  ['two turns later', () => nextTurn().then(nextTurn)],
  ['three turns later', () => nextTurn().then(nextTurn).then(nextTurn)],
  ['1 ms later', (time) => time.pause(1)],
  ['2 ms later', (time) => time.pause(2)],
  ['3 ms later', (time) => time.pause(3)],
];

export const lateLeases: readonly Check[] = [
  check(
    'L8',
    'a lease says how much of it is left, in ms: at least a third, at most all',
    async ({ handles, time }) => {
      const [a, b] = (await handles(2)) as [Handle, Handle];
      const cause =
        '`left` is not given, is in another unit, or is counted from when the call began to wait instead of from when the try was sent that took the lock.';
      const first = await a.lock('circuit', { lease: 60_000 });
      const waiting = b.lock('circuit', { lease: 3_000, wait: 30_000 });
      waiting.catch(() => 'told below');
      await time.pause(300);
      await first.release();
      for (const [lease, { left }, did] of [
        [60_000, first, 'took a free lock for 60 s'],
        [3_000, await waiting, 'waited 300 ms for a held lock, and got it for 3 s'],
      ] as const) {
        must(Number.isFinite(left) && left * 3 >= lease && left <= lease, {
          did,
          expected: `\`left\` between ${lease / 3} and ${lease}`,
          seen: `left: ${show(left)}`,
          cause,
        });
      }
    },
  ),

  {
    ...check('L8', 'a lease whose answer comes when it is over is not handed out', async ({ handles, time }) => {
      const [a] = (await handles(1)) as [Handle];
      for (const [when, moment] of moments) await mustBeAlive(a, time, when, moment);
    }),
    alone: true,
  },
];

async function mustBeAlive(
  handle: Handle,
  time: Time,
  when: string,
  moment: (time: Time) => Promise<void>,
): Promise<void> {
  let handedAt: number | null = null;
  const locking = handle.lock(`late, ${when}`, { lease: short, wait: patience }).then((lease) => {
    handedAt = time.now();
    return lease;
  });
  locking.catch(() => 'told below');
  await moment(time);
  await nothingFromOutside();
  // It was handed out before: what happens now is its holder's business.
  if (handedAt !== null) return;
  time.stall(stall);
  const did = `asked for a lock for ${short} ms; ${when} this process stood still for ${stall} ms, with the answer on its way`;
  const cause =
    'The lease runs in the store since the write that took it, and is handed out whenever its answer comes. Note the time before that write is sent; what comes with less than a third left is given back and tried again.';
  const lease = await locking.catch((error: unknown) => {
    throw new CheckFailure({
      did,
      expected: `a lease with at least a third of its time left, within ${patience} ms`,
      seen: `it rejected with ${showError(error)}`,
      cause: 'What came late is given up, and not tried again while `wait` lasts.',
    });
  });
  const { left } = lease;
  // Where it is not told the other check says so.
  must(left === undefined || left * 3 >= short, {
    did,
    expected: `a lease with at least ${Math.ceil(short / 3)} ms left`,
    seen: `left: ${show(left)}`,
    cause,
  });
  const isAlive = await lease.extend(short).then(
    () => true,
    (error: unknown) => {
      if (!isCircuitryError(error, 'ERR_LEASE_LOST')) throw error;
      return false;
    },
  );
  // Where the machine stalled in between, it was lost by right.
  must(isAlive || time.now() - (handedAt ?? 0) >= left, {
    did: `${did}; then extended the lease`,
    expected: `a lease with ${left} ms left, as it said`,
    seen: 'it was over when it was handed out',
    cause,
  });
}
