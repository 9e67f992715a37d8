import type { Change, Delta, WriteOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A client that merges equal requests in flight counts two calls once. */
class EqualAppliesInFlightAreSentOnce extends ReferenceBackend {
  private readonly flying = new Map<string, Promise<Change>>();

  override apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    const key = JSON.stringify([name, revision, delta]);
    const flying = this.flying.get(key);
    if (flying !== undefined) return flying;
    const sent = super.apply(name, revision, delta, options).finally(() => this.flying.delete(key));
    this.flying.set(key, sent);
    return sent;
  }
}

export const harness: StorageHarness = harnessOf(EqualAppliesInFlightAreSentOnce);
