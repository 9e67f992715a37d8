import type { Stamp } from '../machine/revision.js';

/** Tells factories of one process apart, even with one seed for their `random`. */
let factories = 0;

/** Stamps for store calls: each has a name of its own, also where two factories have the same randomness. */
export function stampsOf(random: () => number): () => Stamp {
  factories += 1;
  const prefix = `${factories.toString(36)}${Math.floor(random() * 2 ** 40).toString(36)}`;
  let calls = 0;
  return () => {
    calls += 1;
    return { chance: random(), by: `${prefix}-${calls.toString(36)}` };
  };
}
