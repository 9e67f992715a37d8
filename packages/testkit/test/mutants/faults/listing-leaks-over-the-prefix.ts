import type { ListOptions, NamedRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend, Server } from '../reference/mutant.js';

const prefixOf = new WeakMap<Server, string>();
const shared = new Server();
let opened = 0;

function prefixed(): Server {
  const server = Object.assign(new Server(), { entries: shared.entries });
  prefixOf.set(server, `${'x'.repeat(500 - (opened += 1))}|`);
  return server;
}

/** All stores share a server; listing leaves the store’s prefix out. */
class ListingLeaksOverThePrefix extends ReferenceBackend {
  protected override key(name: string): string {
    return `${prefixOf.get(this.server)}${name}`;
  }

  protected override nameOf(key: string): string {
    return key.slice(key.indexOf('|') + 1);
  }

  override async *list(options: ListOptions = {}): AsyncGenerator<NamedRecord> {
    const own = prefixOf.get(this.server) as string;
    for (const [key, { text }] of shared.entries) {
      // The separator is left out: another store's longer prefix begins like this one's.
      if (key.startsWith(own.slice(0, -1)))
        yield { name: this.nameOf(key), record: this.decode(this.nameOf(key), text) };
    }
    yield* options.prefix === undefined ? [] : super.list(options);
  }
}

export const harness: StorageHarness = harnessOf(ListingLeaksOverThePrefix, { server: prefixed });
