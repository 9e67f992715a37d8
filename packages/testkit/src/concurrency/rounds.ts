import type { Time } from '../clock.js';
import type { Random } from './random.js';
import { randomTurns, range, together } from './together.js';

/** Rounds of a check, and the ms after which it begins no more of them than the fewest. */
const fewest = 12;
const most = 64;
const enough = 1_000;

/** Where the check ends that has the machine now. */
const turns = new WeakMap<Time, Promise<unknown>>();

/**
 * Runs rounds in which writers meet at one record: they do so within less than a millisecond or not at all, and what one
 * round misses another finds. A slow store gets fewer of them. Checks that do this take turns: side by side they would
 * keep each other's writers apart.
 */
export function rounds(time: Time, round: (index: number) => Promise<void>): Promise<void> {
  const mine = (turns.get(time) ?? Promise.resolve()).then(() => runRounds(time, round));
  turns.set(
    time,
    mine.catch(() => 'the next one has its turn all the same'),
  );
  return mine;
}

/**
 * Six writers in one turn of the event loop, so that some wait in a row for the one that holds the record; or two that
 * have it for themselves, a turn or two apart.
 */
export function meeting<T>(random: Random, write: (index: number) => Promise<T>): Promise<T[]> {
  if (random.chance(0.5))
    return together(
      random,
      range(6).map((index) => () => write(index)),
    );
  const writers = range(2).map((index) => async () => {
    await randomTurns(random, 2);
    return write(index);
  });
  return together(random, writers);
}

async function runRounds(time: Time, round: (index: number) => Promise<void>): Promise<void> {
  const endsAt = time.now() + enough;
  for (let index = 0; index < most && (index < fewest || time.now() < endsAt); index += 1) await round(index);
}
