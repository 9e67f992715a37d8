import { isCircuitryError } from '@circuitry/core';
import { nextTurn, type Time } from '../clock.js';
import { nothingFromOutside, range } from '../concurrency/together.js';
import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { showError } from '../conformance/telling/show.js';
import { longTtl, recordOf } from './records.js';

/** How often each verb is tried, each time ended a turn of the event loop later. */
const tries = 8;
/** How soon it must reject, ms. */
const promptly = 3_000;
const expected = 'a prompt rejection with the signal’s reason, or with a StorageError caused by it';

type Call = readonly [verb: string, call: (round: number, signal: AbortSignal) => Promise<unknown>];

export const underWay: readonly Check[] = [
  check('E4', 'a signal that is aborted while the call is under way ends the call', async ({ handles, time }) => {
    const [a] = (await handles(1)) as [Handle];
    await a.store('circuit', null, recordOf(3), longTtl);
    const calls: readonly Call[] = [
      ['retrieve', (_, signal) => a.retrieve('circuit', { signal })],
      ['apply', (_, signal) => a.apply('circuit', 3, { add: { n: 1 } }, { ...longTtl, signal })],
      ['store', (_, signal) => a.store('circuit', 9, recordOf(10), { ...longTtl, signal })],
      ['lock', (round, signal) => a.lock(`lock ${round}`, { lease: 1_000, signal })],
      ['delete', (_, signal) => a.delete('nobody', { signal })],
      ['list', (_, signal) => a.list({ signal })],
    ];
    for (const call of calls) await mustEnd(time, call);
  }),
];

/** Once the request is out there must be a moment at which the call can still be ended. */
async function mustEnd(time: Time, [verb, call]: Call): Promise<void> {
  let underWay = 0;
  let ended = 0;
  const did = `${verb}; its signal was aborted while the call was under way`;
  const cause =
    'The signal is looked at before the request, and not once it is out: a store that hangs then holds the job. `withSignal` of core ends the wait.';
  for (const round of range(tries)) {
    const controller = new AbortController();
    const reason = new Error('the job was cancelled');
    let isSettled = false;
    const outcome = call(round, controller.signal).then(
      () => ((isSettled = true), null),
      (error: unknown) => ((isSettled = true), { error }),
    );
    for (let turn = 0; turn < round; turn += 1) await nextTurn();
    await nothingFromOutside();
    // It needed nobody else to answer, or was too quick to be ended.
    if (isSettled) continue;
    underWay += 1;
    controller.abort(reason);
    const isOver = time.watchFor(promptly);
    const rejection = await outcome;
    // In the first round nothing can have come from outside yet; later an answer may have come just before.
    must(rejection !== null || round > 0, { did, expected, seen: 'it answered', cause });
    must(!isOver(), { did, expected, seen: `it rejected after more than ${promptly} ms`, cause });
    if (rejection === null) continue;
    ended += 1;
    const { error } = rejection;
    const told = error === reason || (isCircuitryError(error, 'ERR_STORAGE') && (error as Error).cause === reason);
    must(told, () => ({
      did,
      expected,
      seen: `it rejected with ${showError(error)}`,
      cause: 'The client’s own word for an abort is passed on. Reject with `signal.reason`, or wrap that.',
    }));
  }
  must(underWay === 0 || ended > 0, {
    did: `${did}, ${underWay} times`,
    expected,
    seen: `it answered ${underWay} times: the call did not hear its signal`,
    cause,
  });
}
