import { isCircuitryError, type Change } from '@circuitry/core';
import { nextTurn, type Time } from '../clock.js';
import { range } from '../concurrency/together.js';
import { check, type Check, type CheckContext } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { showError } from '../conformance/telling/show.js';
import { longTtl, recordOf } from './records.js';

/** Half of them lose every answer, half of them begin to in the middle of the calls. */
const rounds = 8;
/** How long answers get lost, and how long a call may take in all, ms: a client that tries again gets through. */
const loss = 100;
const timeout = 3_000;
/** How long a client may take to connect again. */
const recovery = 10_000;

const cause =
  'The client sends a request again when its connection breaks, or its answer is late. Turn that off for `apply` and `store`, or let the store see that it is the same write.';

/** A write whose answer may have been lost: what its caller was told, and what the store holds. */
interface Lost {
  readonly verb: 'apply' | 'store';
  readonly did: string;
  /** The answer; null where the call rejected. */
  readonly answer: Change | null;
  readonly error: unknown;
  /** How often it had its effect. */
  readonly times: number;
}

export const lostReplies: readonly Check[] = [
  check(
    'E9',
    'a write whose answer was lost has its effect at most once, and is never told as another’s',
    async (context) => {
      for (const { verb, did, answer, times } of await losses(context)) {
        must(times <= 1, { did, expected: 'its effect once, or not at all', seen: `${times} times`, cause });
        must(answer?.applied !== true || times === 1, {
          did,
          expected: 'its effect, for it was answered as applied',
          seen: 'none',
          cause: 'The answer is made up before the store has it.',
        });
        must(verb !== 'store' || times === 0 || answer === null || answer.applied, {
          did,
          expected: 'applied, or a StorageError that is ambiguous',
          seen: 'it was answered as not applied, although its own record is there',
          cause: `${cause} The second one meets what the first one stored, and takes it for another worker’s.`,
        });
      }
    },
    ['lostReplies'],
  ),

  check(
    'E1',
    'a write whose answer was lost is called ambiguous where it happened',
    async (context) => {
      for (const { did, error, times } of await losses(context)) {
        const calledUndone = isCircuitryError(error, 'ERR_STORAGE') && !error.ambiguous;
        must(!calledUndone || times === 0, () => ({
          did,
          expected: 'a StorageError with `ambiguous: true`, for it happened',
          seen: `it rejected with ${showError(error)}, with \`ambiguous: false\``,
          cause:
            'Every failure is reported with `ambiguous: false`. Say false only where the request was never sent, or was refused.',
        }));
      }
    },
    ['lostReplies'],
  ),
];

/** Writes around the moment from which answers get lost, and what became of each. */
async function losses({ open, time }: CheckContext): Promise<readonly Lost[]> {
  const session = await open();
  const [a, b] = (await session.connectMany(2)) as [Handle, Handle];
  const found: Lost[] = [];
  for (const round of range(rounds)) {
    const name = `circuit ${round}`;
    await back(time, b, () => b.store(name, null, recordOf(3), longTtl));
    await back(time, a, () => a.retrieve(name));
    const isMidway = round % 2 === 1;
    if (!isMidway) await session.beginLostReplies();
    const applies = range(3).map((index) =>
      outcomeOf(time, (signal) => a.apply(name, 3, { add: { [`of ${index}`]: 1 } }, { ...longTtl, signal })),
    );
    const store = outcomeOf(time, (signal) =>
      a.store(`new ${round}`, null, recordOf(5, { by: 'mine' }), { ...longTtl, signal }),
    );
    if (isMidway) {
      for (let turns = round >> 1; turns > 0; turns -= 1) await nextTurn();
      await session.beginLostReplies();
    }
    await time.pause(loss);
    await session.endLostReplies();
    const when = isMidway ? 'in the middle of the call answers began to get lost' : 'the store’s answer was lost';
    const [applied, stored] = [await Promise.all(applies), await store];
    const { record } = await back(time, b, () => b.retrieve(name));
    for (const [index, outcome] of applied.entries()) {
      const did = `applied +1 to a counter at 0; ${when}; then the store’s answers came through again; it ${told(outcome)}`;
      found.push({ verb: 'apply', did, ...outcome, times: record?.counters[`of ${index}`] ?? 0 });
    }
    const created = (await back(time, b, () => b.retrieve(`new ${round}`))).record;
    const did = `stored a new record; ${when}; then the store’s answers came through again; it ${told(stored)}`;
    found.push({ verb: 'store', did, ...stored, times: created === null ? 0 : 1 });
  }
  return found;
}

async function outcomeOf(
  time: Time,
  call: (signal: AbortSignal) => Promise<Change>,
): Promise<Pick<Lost, 'answer' | 'error'>> {
  const bound = time.abortAfter(timeout);
  try {
    return { answer: await call(bound.signal), error: undefined };
  } catch (error) {
    return { answer: null, error };
  } finally {
    bound.cancel();
  }
}

function told({ answer, error }: Pick<Lost, 'answer' | 'error'>): string {
  if (answer !== null) return answer.applied ? 'was answered as applied' : 'was answered as not applied';
  return `rejected with ${showError(error)}`;
}

/** The call's answer, once the way to the store is there again. */
async function back<T>(time: Time, handle: Handle, call: () => Promise<T>): Promise<T> {
  await time.eventually(
    () =>
      handle.retrieve('nobody').then(
        () => true,
        () => false,
      ),
    recovery,
    50,
  );
  return call();
}
