/** @typedef {import('../input/scenario.mjs').Fault} Fault */

/**
 * What is wrong with a tenant's endpoint now; null where nothing is.
 *
 * @param {readonly Fault[]} faults
 * @param {number} now ms of the story
 */
export function faultAt(faults, now) {
  return faults.find(({ from, until }) => from <= now && now < until) ?? null;
}

/**
 * Whether this attempt is one of the share that meets the fault: the same ones in every run.
 *
 * @param {Fault} fault
 * @param {string} attempt names it: the job and how often it was tried
 */
export function isHit(fault, attempt) {
  return fault.share === 1 || hash(attempt) < fault.share;
}

/** @param {string} text @returns {number} from 0 to below 1 (FNV-1a, mixed) */
function hash(text) {
  let state = 0x811c9dc5;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
}
