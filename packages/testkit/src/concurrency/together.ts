import { nextTurn } from '../clock.js';
import type { Random } from './random.js';

/**
 * Starts every task in one turn of the event loop, in an order that `random` chooses, and answers their values in the
 * order given. All of them end, even where one fails, before this rejects: a check that goes on, or a store that is
 * closed, under running calls would blame the wrong one.
 */
export async function together<T>(random: Random, tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const barrier = nextTurn();
  const order = random.shuffle(tasks.map((_, index) => index));
  const started = new Map(
    order.map((index) => [index, barrier.then(() => (tasks[index] as () => Promise<T>)())] as const),
  );
  const settled = await Promise.allSettled(tasks.map((_, index) => started.get(index) as Promise<T>));
  return settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

/**
 * Lets others run: for up to `most` turns of the event loop, or for a few steps within this one. Seeds differ by where
 * the pauses fall.
 */
export async function randomTurns(random: Random, most = 3): Promise<void> {
  if (random.chance(0.5)) {
    for (let left = random.below(most + 1); left > 0; left -= 1) await nextTurn();
  } else {
    for (let left = random.below(6); left > 0; left -= 1) await Promise.resolve();
  }
}

/** So many steps of promises no call takes that needs nothing from outside of this process. */
const ownSteps = 60;

/** Lets every promise go on that needs nothing from outside: no answer of a store can come meanwhile. */
export async function nothingFromOutside(): Promise<void> {
  for (let step = 0; step < ownSteps; step += 1) await Promise.resolve();
}

/** Numbers from 0 up to, not including, `end`. */
export function range(end: number): number[] {
  return Array.from({ length: end }, (_, index) => index);
}
