/**
 * @typedef {'closed' | 'open' | 'half-open'} CircuitState
 * @typedef {{ at: number, state: CircuitState }} CircuitChange at: ms of the story
 */

/** Each tenant's circuit through the story, put together from what all workers saw of it. */
export class CircuitLog {
  #changes = /** @type {Map<string, Map<number, CircuitChange>>} */ (new Map());
  #latest = /** @type {Map<string, { revision: number, state: CircuitState }>} */ (new Map());

  /**
   * @param {string} tenant
   * @param {{ state: CircuitState, since: number, revision: number }} seen since: ms of the story
   */
  note(tenant, { state, since, revision }) {
    // Two workers may tell of one record; and a record may be changed without a change of its state.
    const changes = this.#changes.get(tenant) ?? new Map();
    this.#changes.set(tenant, changes.set(since, { at: Math.max(0, since), state }));
    if (revision >= (this.#latest.get(tenant)?.revision ?? 0)) this.#latest.set(tenant, { revision, state });
  }

  /** The tenants whose circuits are not closed now. */
  get notClosed() {
    return [...this.#latest].filter(([, { state }]) => state !== 'closed').map(([tenant]) => tenant);
  }

  /** @param {string} tenant @returns {CircuitChange[]} in order, beginning with its state at 0 */
  of(tenant) {
    const changes = [...(this.#changes.get(tenant)?.values() ?? [])].sort((a, b) => a.at - b.at);
    return changes[0]?.at === 0 ? changes : [{ at: 0, state: 'closed' }, ...changes];
  }
}
