import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The cursor of the next page is lost: the first page comes again and again. */
class ListNeverEnds extends ReferenceBackend {
  protected override async *pages(size: number, signal: AbortSignal | undefined): AsyncGenerator<readonly string[]> {
    for (;;) {
      const first = await super.pages(size, signal).next();
      yield first.value as readonly string[];
      if (this.server.entries.size < size) return;
    }
  }
}

export const harness: StorageHarness = harnessOf(ListNeverEnds);
