import { show } from '../errors/show.js';
import { InvalidNameError } from '../errors/storage-errors.js';

/** The longest circuit name, in UTF-8 bytes (clause N1). DynamoDB's keys end at 2,048 and 1,024 leaves room for prefixes. */
export const longestName = 1_024;

/**
 * Refuses a name that no backend may take: not a string, empty, over 1,024 UTF-8 bytes, or with half a surrogate pair,
 * which has no UTF-8 form, so that two different names would meet (clause N3).
 *
 * Every backend calls it before it sends anything.
 *
 * @throws {@link InvalidNameError}
 */
export function assertName(name: unknown): asserts name is string {
  const wanted = wantedOf(name);
  if (wanted !== null) throw new InvalidNameError(`A circuit's name must ${wanted}; this one is ${show(name)}.`);
}

/** What is wrong with a name, as what it must be; null: nothing. */
function wantedOf(name: unknown): string | null {
  if (typeof name !== 'string') return 'be a string';
  if (name === '') return 'not be empty';
  // A UTF-16 unit is at most 3 bytes of UTF-8: short names, which almost all are, need no counting.
  const bytes = name.length * 3 > longestName ? new TextEncoder().encode(name).length : 0;
  if (bytes > longestName) return `have at most ${longestName} UTF-8 bytes, not ${bytes}`;
  return name.isWellFormed() ? null : 'not hold half a surrogate pair';
}
