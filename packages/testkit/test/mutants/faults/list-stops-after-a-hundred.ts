import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A page never has more than a hundred, and a page that is not full is taken for the last. */
class ListStopsAfterAHundred extends ReferenceBackend {
  protected override async *pages(size: number, signal: AbortSignal | undefined): AsyncGenerator<readonly string[]> {
    for await (const page of super.pages(Math.min(size, 100), signal)) {
      yield page;
      if (page.length < size) return;
    }
  }
}

export const harness: StorageHarness = harnessOf(ListStopsAfterAHundred);
