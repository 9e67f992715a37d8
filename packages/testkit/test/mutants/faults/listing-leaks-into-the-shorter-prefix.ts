import type { ListOptions, NamedRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend, Server } from '../reference/mutant.js';

const prefixOf = new WeakMap<Server, string>();
const shared = new Server();

/** All stores share a server; a listing sees those whose prefix begins like its own, as `kitx` does like `kit`. */
class ListingLeaksIntoTheShorterPrefix extends ReferenceBackend {
  protected override key(name: string): string {
    return `${prefixOf.get(this.server)}|${name}`;
  }

  protected override nameOf(key: string): string {
    return key.slice(key.indexOf('|') + 1);
  }

  override async *list(options: ListOptions = {}): AsyncGenerator<NamedRecord> {
    const own = prefixOf.get(this.server) as string;
    const others = [...shared.entries].filter(([key]) => key.startsWith(own) && !key.startsWith(`${own}|`));
    for (const [key, { text }] of others) yield { name: this.nameOf(key), record: this.decode(key, text) };
    for await (const entry of super.list(options)) if (shared.entries.has(this.key(entry.name))) yield entry;
  }
}

/** Each store is called what the kit suggests. */
export const harness: StorageHarness = {
  open(suggestion) {
    const server = Object.assign(new Server(), { entries: shared.entries });
    prefixOf.set(server, suggestion.name);
    return harnessOf(ListingLeaksIntoTheShorterPrefix, { server: () => server, sweep: () => {} }).open(suggestion);
  },
};
