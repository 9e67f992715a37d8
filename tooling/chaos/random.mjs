/**
 * Numbers from 0 to 1 that are the same for the same seed.
 *
 * @param {number} seed @returns {() => number}
 */
export function makeRandom(seed) {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * One of several; those that stand twice come twice as often.
 *
 * @template T @param {() => number} random @param {readonly T[]} all @returns {T}
 */
export function oneOf(random, all) {
  return /** @type {T} */ (all[Math.floor(random() * all.length)]);
}
