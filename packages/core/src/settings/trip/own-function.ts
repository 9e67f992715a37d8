import type { Information } from '../../machine/facts/information.js';
import type { Counts } from '../../machine/rules/trip.js';
import type { WindowSpec } from '../../machine/window/window-spec.js';
import { atOnce } from '../../events/call-safely.js';
import type { ParsedTrip, TripFunction } from './trip-kind.js';

/**
 * A function of the user's as a rule: one that throws does not trip.
 *
 * @param windows its own
 * @param see what it is shown
 */
export function ownFunction<Context>(
  own: TripFunction<Context>,
  windows: readonly WindowSpec[],
  see: (counts: Counts) => Information,
): ParsedTrip<Context> {
  const needs = { windows, needsSuccesses: true, needsSlowCalls: false };
  return {
    ...needs,
    asksUserCode: true,
    bind({ name, circuit, context }, report) {
      // An object of its own: a subject may carry what is no business of user code.
      const subject = { name, circuit, context };
      // It is asked about the same counts more than once: ahead of their being stored, after, and by starts.
      let reported = '';
      return {
        ...needs,
        trips(counts) {
          if (counts.total === 0) return false;
          const information = see(counts);
          try {
            return atOnce(own(information, subject)) === true;
          } catch (error) {
            const asked = `${information.generation}:${information.total}`;
            if (asked !== reported) report('trip', error, name);
            reported = asked;
            return false;
          }
        },
      };
    },
  };
}
