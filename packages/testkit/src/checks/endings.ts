import { range } from '../concurrency/together.js';
import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { show, showError } from '../conformance/telling/show.js';
import { countListeners } from './listener-count.js';
import { longTtl, mustEqual, recordOf } from './records.js';
import { mustRejectWith, rejectionOf } from './rejections.js';

type Call = readonly [verb: string, call: () => Promise<unknown>];

function everyVerb(handle: Handle, options: { readonly signal?: AbortSignal } = {}): readonly Call[] {
  return [
    ['retrieve', () => handle.retrieve('circuit', options)],
    ['apply', () => handle.apply('circuit', 3, { add: { n: 1 } }, { ...longTtl, ...options })],
    ['store', () => handle.store('circuit', 3, recordOf(4), { ...longTtl, ...options })],
    ['store from null', () => handle.store('another', null, recordOf(4), { ...longTtl, ...options })],
    ['lock', () => handle.lock('circuit', { lease: 60_000, ...options })],
    ['delete', () => handle.delete('circuit', options)],
    ['list', () => handle.list(options)],
  ];
}

export const endings: readonly Check[] = [
  check(
    'E4',
    'a call whose signal was aborted before rejects with its reason and does nothing',
    async ({ handles, time }) => {
      const [a, b] = (await handles(2)) as [Handle, Handle];
      const record = recordOf(3, { counters: { n: 1 } });
      await a.store('circuit', null, record, longTtl);
      const controller = new AbortController();
      const reason = new Error('the job was cancelled');
      controller.abort(reason);
      const cause = 'The signal is not looked at, or only once the request was sent.';
      for (const [verb, call] of everyVerb(a, { signal: controller.signal })) {
        const did = `${verb} with a signal that was aborted before`;
        const expected = 'a rejection with the signal’s reason';
        const error = await rejectionOf(call, { did, expected, cause });
        must(error === reason, { did, expected, seen: `it rejected with ${showError(error)}`, cause });
      }
      await time.pause(50);
      mustEqual(record, (await b.retrieve('circuit')).record, {
        did: 'apply, store and delete with an aborted signal; then retrieved',
        cause,
      });
      mustEqual(null, (await b.retrieve('another')).record, {
        did: 'store from null with an aborted signal; then retrieved',
        cause,
      });
      const lease = await b.lock('circuit', { lease: 1_000 }).catch(() => null);
      must(lease !== null, {
        did: 'lock with an aborted signal; then another locked',
        expected: 'it gets the lock',
        seen: 'it was refused',
        cause,
      });
    },
  ),

  check('E5', 'after a flush or a failover calls go on from what the store holds', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause =
      'This process remembers the revision or the record that it saw last, and believes it more than the store.';
    await a.store(
      'circuit',
      null,
      recordOf(900, { state: 'open', generation: 5, since: 50, expiresAt: 60, counters: { n: 7 } }),
      longTtl,
    );
    await a.retrieve('circuit');
    await b.delete('circuit');
    const flushed = await a.apply('circuit', 900, { add: { n: 1 } }, longTtl);
    must(!flushed.applied && flushed.record === null, {
      did: 'the record went away under A; A applied with its revision',
      expected: 'not applied, and null',
      seen: show(flushed),
      cause,
    });
    const older = recordOf(100, { counters: { n: 2 } });
    await b.store('circuit', null, older, longTtl);
    const did = 'A knew revision 900; the store now holds revision 100, as after a failover to an older copy; ';
    mustEqual(older, (await a.retrieve('circuit')).record, { did: `${did}A retrieved`, cause });
    const late = await a.apply('circuit', 900, { add: { n: 1 } }, longTtl);
    must(!late.applied, { did: `${did}A applied with 900`, expected: 'not applied', seen: 'applied', cause });
    mustEqual(older, late.record, { did: `${did}A applied with 900: the answer`, cause });
    const applied = await a.apply('circuit', 100, { add: { n: 1 } }, longTtl);
    must(applied.applied, { did: `${did}A applied with 100`, expected: 'applied', seen: 'not applied', cause });
    const stored = await a.store('circuit', 100, recordOf(101), longTtl);
    must(stored.applied, { did: `${did}A stored 101 over 100`, expected: 'applied', seen: 'not applied', cause });
    mustEqual(recordOf(101), (await b.retrieve('circuit')).record, { did: `${did}A stored 101, B retrieved`, cause });
  }),

  check(
    'E6',
    'calls that wait at close, and every call after it, reject with ClosedError; other handles go on',
    async ({ handles, time }) => {
      const [a, b] = (await handles(2)) as [Handle, Handle];
      await a.store('circuit', null, recordOf(3), longTtl);
      await b.lock('held', { lease: 60_000 });
      const lease = await a.lock('mine', { lease: 60_000 });
      const cause = 'Closing only drops the client: calls after it reach a dead or a new connection, or wait for one.';
      const waiting = a.lock('held', { lease: 1_000, wait: 60_000 });
      const flying = range(5).map(() => a.retrieve('circuit').catch(() => 'refused, as it may be'));
      const waited = mustRejectWith('ERR_CLOSED', () => waiting, {
        did: 'A waited for a lock; then A was closed',
        cause,
      });
      // It may fail before anybody looks: a rejection that nobody hears ends the process.
      waited.catch(() => 'told below');
      await time.pause(20);
      const began = time.now();
      const isOver = time.watchFor(5_000);
      await a.close();
      await Promise.all([waited, ...flying]);
      must(!isOver(), {
        did: 'closed A with calls in flight',
        expected: 'they settle within moments',
        seen: `after ${time.now() - began} ms`,
        cause,
      });
      for (const [verb, call] of everyVerb(a))
        await mustRejectWith('ERR_CLOSED', call, { did: `closed A; ${verb}`, cause });
      await mustRejectWith('ERR_CLOSED', () => lease.extend(1_000), {
        did: 'closed A; extended a lease that it had',
        cause,
      });
      await mustRejectWith('ERR_CLOSED', () => lease.release(), {
        did: 'closed A; released a lease that it had',
        cause,
      });
      const applied = await b.apply('circuit', 3, { add: { n: 1 } }, longTtl);
      must(applied.applied, {
        did: 'closed A; B applied',
        expected: 'applied',
        seen: 'not applied',
        cause: 'Closing one handle closes what all of them share.',
      });
    },
    ['close'],
  ),

  check(
    'E8',
    'close may be called twice',
    async ({ handles }) => {
      const [a] = (await handles(1)) as [Handle];
      await a.retrieve('circuit');
      await a.close();
      await a.close().catch((error: unknown) => {
        must(false, {
          did: 'closed a handle twice',
          expected: 'both resolve',
          seen: `the second rejected with ${showError(error)}`,
          cause: 'The client’s own close rejects on a closed connection; remember that it was closed.',
        });
      });
    },
    ['close'],
  ),

  check('E7', 'a call leaves no listener behind on its signal', async ({ handles, time }) => {
    const [a] = (await handles(1)) as [Handle];
    const { signal, count } = countListeners();
    await a.store('circuit', null, recordOf(3), longTtl);
    const round = async (): Promise<void> => {
      await a.retrieve('circuit', { signal });
      await a.apply('circuit', 3, { add: { n: 1 } }, { ...longTtl, signal });
      await a.store('circuit', 9, recordOf(4), { ...longTtl, signal });
      const lease = await a.lock('circuit', { lease: 60_000, signal });
      await a.lock('circuit', { lease: 60_000, wait: 30, signal }).catch(() => 'refused: it is held');
      await lease.release();
      await a.delete('nobody', { signal });
      await a.list({ signal });
    };
    await round();
    await round();
    await round();
    const gone = await time.eventually(() => count() === 0, 3_000);
    must(gone, {
      did: 'three rounds of every verb under one signal that is never aborted; then waited up to 3 s',
      expected: 'no listener left on the signal',
      seen: `${count()} listeners`,
      cause:
        'The listener is removed when the signal is aborted, and not when the call ends. `withSignal` of core does both.',
    });
  }),
];
