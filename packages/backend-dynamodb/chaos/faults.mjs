// What goes wrong, drawn from a seed.
import { oneOf } from '../../../tooling/chaos/random.mjs';

/** @typedef {import('../../../tooling/servers/dynamodb-front.d.mts').Fault} Fault */

/** Those that stand twice come twice as often. */
const kinds = /** @type {const} */ ([
  'kill',
  'freeze',
  'cut',
  'cut',
  'throttle',
  'throttle',
  'slow',
  'slow',
  'page',
  'page',
  'date',
  'date',
  'dependency',
  'dependency',
]);

/**
 * @param {() => number} random
 * @returns {{ kind: (typeof kinds)[number], ms: number }}
 */
export function nextTrouble(random) {
  return { kind: oneOf(random, kinds), ms: 200 + random() * 2_500 };
}

/** How much of what a worker asks is answered wrongly. */
const share = 0.4;

/**
 * @param {string} kind
 * @param {() => number} random
 * @returns {() => Fault | null}
 */
export function faultRule(kind, random) {
  return () => {
    if (random() > share) return null;
    if (kind === 'cut') return { cut: oneOf(random, /** @type {const} */ (['before', 'after', 'within'])) };
    if (kind === 'throttle') {
      const error = random() < 0.5 ? 'ThrottlingException' : 'ProvisionedThroughputExceededException';
      return { answer: { status: 400, error } };
    }
    if (kind === 'slow') return { delay: random() * 2_000 };
    // A proxy's error page, from a clock that is an hour off.
    if (kind === 'page') return { date: 3_600_000, answer: { status: 503, body: '<html>busy</html>' } };
    return { date: random() < 0.5 ? 'worker 5' : null };
  };
}
