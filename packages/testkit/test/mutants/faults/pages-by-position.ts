import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Pages are counted by position, so that a deletion shifts a record out of sight. */
class PagesByPosition extends ReferenceBackend {
  protected override async *pages(size: number, signal: AbortSignal | undefined): AsyncGenerator<readonly string[]> {
    for (let start = 0; start === 0 || start < this.server.entries.size; start += size) {
      yield await this.send('list', 'list', { ...(signal && { signal }) }, () =>
        [...this.server.entries.keys()].slice(start, start + size),
      );
    }
  }
}

export const harness: StorageHarness = harnessOf(PagesByPosition);
