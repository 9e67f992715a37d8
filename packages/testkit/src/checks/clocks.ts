import type { Reading } from '@circuitry/core';
import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { show } from '../conformance/telling/show.js';
import { longTtl, recordOf } from './records.js';

/** What a clock may step back between two readings, ms: one that is disciplined does. */
const step = 20;

export const clocks: readonly Check[] = [
  check(
    'C1',
    'now, where given, is one clock for all handles, in milliseconds, and moves on',
    async ({ handles, time }) => {
      const all = await handles(3);
      const calls: readonly ((handle: Handle, round: number) => Promise<Reading>)[] = [
        (handle) => handle.retrieve('nobody'),
        (handle, round) => handle.store(`circuit ${round}`, null, recordOf(1), longTtl),
        (handle, round) => handle.apply(`circuit ${round - 1}`, 1, { add: { n: 1 } }, longTtl),
        (handle, round) => handle.store(`circuit ${round - 2}`, 7, recordOf(8), longTtl),
      ];
      const given: { readonly at: number; readonly before: number; readonly after: number }[] = [];
      for (let round = 0; round < 12; round += 1) {
        const before = time.now();
        const answer = await (calls[round % calls.length] as (typeof calls)[number])(
          all[round % all.length] as Handle,
          round,
        );
        if (answer.now !== undefined) given.push({ at: answer.now, before, after: time.now() });
        await time.pause(15);
      }
      if (given.length === 0) return;
      const did = 'asked through three handles in turn, twelve times, 15 ms apart';
      const values = given.map(({ at }) => at);
      must(
        values.every((value) => Number.isFinite(value) && value > 1e11 && value < 1e14),
        {
          did,
          expected: 'each `now` in milliseconds since the epoch',
          seen: show(values),
          cause: 'The store’s clock is in seconds or microseconds and was not converted, or comes as text.',
        },
      );
      const back = values.findIndex((value, index) => index > 0 && value < (values[index - 1] as number) - step);
      must(back === -1, {
        did,
        expected: 'readings that never step back',
        seen: `${show(values)}`,
        cause:
          'Each process answers its own clock. Give the store’s, or leave `now` out: core then knows that it has none.',
      });
      const [first, last] = [given[0], given.at(-1)] as [(typeof given)[number], (typeof given)[number]];
      const theirs = last.at - first.at;
      // A call may stall before it is answered, or after: the time between the two answers lies between these.
      const [least, most] = [last.before - first.after, last.after - first.before];
      must(theirs > least / 4 && theirs < most * 4 + 200, {
        did,
        expected: `a clock that moved on by ${least} to ${most} ms`,
        seen: `it moved by ${theirs} ms`,
        cause: 'The time is read once and kept, has too coarse a unit, or is not the time of this call.',
      });
    },
  ),
];
