import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The first record of each further page is skipped. */
class ListSkipsAtTheEdgeOfAPage extends ReferenceBackend {
  protected override async *pages(size: number, signal: AbortSignal | undefined): AsyncGenerator<readonly string[]> {
    let first = true;
    for await (const page of super.pages(size, signal)) {
      yield first ? page : page.slice(1);
      first = false;
    }
  }
}

export const harness: StorageHarness = harnessOf(ListSkipsAtTheEdgeOfAPage);
