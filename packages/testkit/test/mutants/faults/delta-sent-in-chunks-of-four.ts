import type { Change, Counters, Delta, WriteOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A delta of more than four counters is sent in several updates. */
class DeltaSentInChunksOfFour extends ReferenceBackend {
  override async apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    const names = Object.keys(delta.add ?? {});
    if (names.length <= 4) return super.apply(name, revision, delta, options);
    const add = delta.add as Counters;
    for (let start = 0; start < names.length - 4; start += 4) {
      const chunk = Object.fromEntries(names.slice(start, start + 4).map((each) => [each, add[each] as number]));
      await super.apply(name, revision, { add: chunk }, options);
    }
    const rest = names.slice(Math.floor((names.length - 1) / 4) * 4);
    return super.apply(
      name,
      revision,
      { ...delta, add: Object.fromEntries(rest.map((each) => [each, add[each] as number])) },
      options,
    );
  }
}

export const harness: StorageHarness = harnessOf(DeltaSentInChunksOfFour);
