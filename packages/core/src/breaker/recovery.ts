import type { Circuit } from './circuit.js';
import type { LocalPort } from './local-port.js';
import { answerOf } from './port.js';

/**
 * The store is back: each circuit's own machine is thrown away, its transitions with it, and what it counted under a
 * fence that still holds is added to the store's totals, one circuit after another.
 */
export function reconcile<Context>(circuits: Iterable<Circuit<Context>>): void {
  const waiting: [Circuit<Context>, LocalPort][] = [];
  for (const circuit of circuits) {
    // One whose own record is unusable goes on alone.
    if (circuit.local === null || circuit.health?.isFailing === true) continue;
    waiting.push([circuit, circuit.local]);
    circuit.local = null;
  }
  void addTotals(waiting);
}

async function addTotals<Context>(waiting: readonly [Circuit<Context>, LocalPort][]): Promise<void> {
  for (const [circuit, local] of waiting) {
    try {
      let { record } = await answerOf((asker) => circuit.reads.read(asker));
      // Once more if the record changed in between; then it is left: totals are for people.
      for (let tries = 0; tries < 2 && record !== null; tries += 1) {
        const delta = local.totalsFor(record);
        if (delta === null) break;
        const answer = await circuit.port.apply(record, delta);
        if (answer.applied) break;
        ({ record } = answer);
      }
    } catch {
      // Down again: these totals are lost, and the outage's next events say so.
    }
  }
}
