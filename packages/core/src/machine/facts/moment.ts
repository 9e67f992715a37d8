/** The last moment that a `Date` can hold, ms since the epoch: any later one would make the record unreadable. */
const lastMoment = 8.64e15;

/** A moment as a record holds it: whole ms from the epoch on. */
export function momentOf(now: number): number {
  return Math.min(lastMoment, Math.max(0, Math.floor(now)));
}

/** The moment `ms` after `now`; however long, a record can hold it. */
export function momentAfter(now: number, ms: number): number {
  return momentOf(Math.floor(now) + ms);
}
