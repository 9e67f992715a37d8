/**
 * How many jobs of a tenant are where.
 *
 * @typedef {object} Counts
 * @property {number} queued due, and waiting for a worker
 * @property {number} delayed waiting until they may be tried again
 * @property {number} running in a worker's hands
 * @property {number} done
 * @property {number} givenUp
 * @typedef {keyof Counts} Place
 */

/** Where each tenant's jobs are, kept as they move. */
export class Tally {
  #counts;

  /** @param {readonly string[]} tenants */
  constructor(tenants) {
    this.#counts = new Map(tenants.map((tenant) => [tenant, noJobs()]));
  }

  /**
   * @param {string} tenant
   * @param {Place | null} from null: it is new
   * @param {Place} to
   */
  move(tenant, from, to) {
    const counts = this.of(tenant);
    if (from !== null) counts[from] -= 1;
    counts[to] += 1;
  }

  /** @param {string} tenant */
  of(tenant) {
    return /** @type {Counts} */ (this.#counts.get(tenant));
  }

  /** @param {Place} place */
  total(place) {
    let sum = 0;
    for (const counts of this.#counts.values()) sum += counts[place];
    return sum;
  }
}

/** @returns {Counts} */
function noJobs() {
  return { queued: 0, delayed: 0, running: 0, done: 0, givenUp: 0 };
}
