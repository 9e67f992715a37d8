import type { Clause, ClauseFamily } from './clause.js';
import { clock, failing } from './faults.js';
import { deleting, listing, locking, naming, watching } from './names-and-locks.js';
import { applying, expiring, reading, shape, storing } from './records.js';

/** The storage contract by chapters, in the order of `docs/storage-contract.md`. */
export const clauseFamilies: readonly ClauseFamily[] = [
  shape,
  reading,
  applying,
  storing,
  expiring,
  naming,
  locking,
  deleting,
  listing,
  watching,
  failing,
  clock,
];

/** Every clause of the storage contract: id, level, text, and why it matters. */
export const clauses: readonly Clause[] = clauseFamilies.flatMap((family) => family.clauses);

/** The clause of that id; undefined for none. */
export function clauseOf(id: string): Clause | undefined {
  return clauses.find((clause) => clause.id === id);
}
