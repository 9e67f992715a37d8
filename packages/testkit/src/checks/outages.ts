import { isCircuitryError } from '@circuitry/core';
import type { Time } from '../clock.js';
import { range } from '../concurrency/together.js';
import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { show, showError } from '../conformance/telling/show.js';
import { causeOfLookAlike } from '../conformance/telling/unbranded.js';
import { longTtl, recordOf } from './records.js';
import { rejectionOf } from './rejections.js';

/** What calls may take during an outage, ms; and how much later their rejection may come on a busy machine. */
const timeout = 1_000;
const grace = 2_000;
/** How long a client may take to connect again. */
const recovery = 10_000;

export const outages: readonly Check[] = [
  check(
    'E1',
    'an unreachable store rejects with StorageError within the signal’s time',
    async ({ open, time }) => {
      const session = await open();
      const a = await session.connect();
      await a.store('circuit', null, recordOf(3, { counters: { n: 1 } }), longTtl);
      const verbs: readonly (readonly [string, (signal: AbortSignal) => Promise<unknown>])[] = [
        ['retrieve', (signal) => a.retrieve('circuit', { signal })],
        ['retrieve of an unknown name', (signal) => a.retrieve('nobody', { signal })],
        ['apply', (signal) => a.apply('circuit', 3, { add: { n: 1 } }, { ...longTtl, signal })],
        ['store', (signal) => a.store('circuit', 3, recordOf(4), { ...longTtl, signal })],
        ['lock', (signal) => a.lock('circuit', { lease: 1_000, signal })],
        ['delete', (signal) => a.delete('nobody', { signal })],
        ['list', (signal) => a.list({ signal })],
      ];
      for (const how of ['hang', 'refuse'] as const) {
        await session.beginOutage(how);
        await Promise.all(verbs.map(([verb, call]) => mustBeDown(time, verb, call)));
        await session.endOutage();
        await time.eventually(() => isBack(a), recovery, 100);
      }
    },
    ['outage'],
  ),

  check(
    'E1',
    'a write that is called unambiguous did not happen',
    async ({ open, time }) => {
      const session = await open();
      const a = await session.connect();
      await a.store('circuit', null, recordOf(3, { counters: { n: 0 } }), longTtl);
      let applied = 0;
      let ambiguous = 0;
      const count = async (): Promise<void> => {
        const bound = time.abortAfter(timeout);
        try {
          if ((await a.apply('circuit', 3, { add: { n: 1 } }, { ...longTtl, signal: bound.signal })).applied)
            applied += 1;
        } catch (error) {
          const doubtful = !isCircuitryError(error, 'ERR_STORAGE') || error.ambiguous;
          if (doubtful) ambiguous += 1;
        }
        bound.cancel();
      };
      const before = range(20).map(() => count());
      const beginning = session.beginOutage();
      const during = range(20).map(() => count());
      await Promise.all([...before, beginning, ...during]);
      await session.endOutage();
      const n = await counterAfter(time, a);
      must(n <= applied + ambiguous, {
        did: `40 applies of +1 around the beginning of an outage: ${applied} were acknowledged, ${ambiguous} rejected as ambiguous, ${40 - applied - ambiguous} as not ambiguous; then the store came back`,
        expected: `a counter of at most ${applied + ambiguous}`,
        seen: `${n}: some that were called undone had happened`,
        cause:
          'Every failure is reported with `ambiguous: false`. Say false only where the request was never sent, or was refused.',
      });
    },
    ['outage'],
  ),

  check(
    'E2',
    'once the store is back the same backend object works again',
    async ({ open, time }) => {
      const session = await open();
      const [a, b] = (await session.connectMany(2)) as [Handle, Handle];
      await a.store('circuit', null, recordOf(3), longTtl);
      await session.beginOutage();
      const bound = time.abortAfter(timeout);
      const calls = [a, b].map((handle) =>
        handle.retrieve('circuit', { signal: bound.signal }).catch(() => 'down, as it should be'),
      );
      await Promise.all(calls);
      bound.cancel();
      await time.pause(50);
      await session.endOutage();
      const began = time.now();
      const verbs: readonly (readonly [string, (handle: Handle, round: number) => Promise<unknown>])[] = [
        ['retrieve', (handle) => handle.retrieve('circuit')],
        ['store', (handle, round) => handle.store(`after ${handle.label} ${round}`, null, recordOf(1), longTtl)],
        ['apply', (handle) => handle.apply('circuit', 3, { add: { n: 1 } }, longTtl)],
        ['lock', async (handle) => (await handle.lock(`after ${handle.label}`, { lease: 1_000 })).release()],
        ['list', (handle) => handle.list()],
      ];
      for (const handle of [a, b]) {
        for (const [verb, call] of verbs) {
          let round = 0;
          let last: unknown;
          const works = await time.eventually(
            () =>
              call(handle, (round += 1)).then(
                () => true,
                (error: unknown) => ((last = error), false),
              ),
            recovery,
            100,
          );
          must(works, () => ({
            did: `the store went away and came back; ${verb} through the same ${handle.label}, again and again for ${time.now() - began} ms`,
            expected: 'an answer',
            seen: `it still rejects with ${showError(last)}`,
            cause:
              'The client gives up after some retries, keeps a dead connection, or remembers that the store was down.',
          }));
        }
      }
    },
    ['outage'],
  ),
];

async function mustBeDown(time: Time, verb: string, call: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const did = `the store is unreachable; ${verb}, with a signal that is aborted after ${timeout} ms`;
  const expected = 'a rejection with StorageError (ERR_STORAGE) that keeps its cause';
  const bound = time.abortAfter(timeout);
  const began = time.now();
  const isOver = time.watchFor(timeout + grace);
  const error = await rejectionOf(() => call(bound.signal), {
    did,
    expected,
    cause:
      'An error of the client is caught and taken for “no record”; or answers come from a cache. (Or the harness’s outage does not cut the connection.)',
  });
  bound.cancel();
  const took = time.now() - began;
  must(!isOver(), {
    did,
    expected: `a rejection within ${timeout} ms`,
    seen: `after ${took} ms`,
    cause: 'The call waits for a reconnection and does not listen to its signal.',
  });
  if (error === bound.reason) return;
  must(isCircuitryError(error, 'ERR_STORAGE'), () => ({
    did,
    expected,
    seen: `it rejected with ${showError(error)}`,
    cause:
      causeOfLookAlike(error) ??
      'The client’s own error is passed on. Wrap it: `new StorageError(message, { cause, ambiguous })`.',
  }));
  const { cause, ambiguous } = error;
  must(cause !== undefined && typeof ambiguous === 'boolean', {
    did,
    expected,
    seen: `a StorageError with cause ${show(cause)} and ambiguous ${show(ambiguous)}`,
    cause: 'The error is made anew and the client’s is dropped, with the only word on what is wrong with the store.',
  });
}

function isBack(handle: Handle): Promise<boolean> {
  return handle.retrieve('nobody').then(
    () => true,
    () => false,
  );
}

/** The counter once the store is back and what was under way has arrived. */
async function counterAfter(time: Time, handle: Handle): Promise<number> {
  const read = async (): Promise<number | null> =>
    handle.retrieve('circuit').then(
      ({ record }) => record?.counters['n'] ?? 0,
      () => null,
    );
  await time.eventually(async () => (await read()) !== null, recovery, 100);
  await time.pause(200);
  return (await read()) ?? 0;
}
