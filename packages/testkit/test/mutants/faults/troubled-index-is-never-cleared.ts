import type { CircuitRecord } from '@circuitry/core';
import { isTroubled } from '@circuitry/core/backend';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend, type Server } from '../reference/mutant.js';

const everTroubled = new WeakMap<Server, Set<string>>();
function indexOf(server: Server): Set<string> {
  const index = everTroubled.get(server) ?? new Set<string>();
  everTroubled.set(server, index);
  return index;
}

/** Who was in trouble once is listed for ever: the index is added to, and not taken from. */
class TroubledIndexIsNeverCleared extends ReferenceBackend {
  protected override write(name: string, record: CircuitRecord, ttl: number, verb: 'apply' | 'store'): void {
    super.write(name, record, ttl, verb);
    if (isTroubled(record)) indexOf(this.server).add(name);
  }

  protected override isInTrouble(name: string): boolean {
    return indexOf(this.server).has(name);
  }
}

export const harness: StorageHarness = harnessOf(TroubledIndexIsNeverCleared);
