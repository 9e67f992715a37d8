import type { CallOptions, Change, Delta, WriteOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend, type Server } from '../reference/mutant.js';

const lastTurns = new WeakMap<Server, Promise<unknown>>();

/** Writers take turns under a lock, as they should; but each writes over what it read before it had the lock. */
class ReadBeforeTheLock extends ReferenceBackend {
  override async apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    const { record } = await this.retrieve(name, options);
    if (record === null || record.revision !== revision) return this.change(false, record);
    return this.locked(name, options, () => {
      const next = { ...record, counters: this.changed(record.counters, delta) };
      this.write(name, next, options.ttl, 'apply');
      return this.change(true, next);
    });
  }

  private locked<T>(name: string, options: CallOptions, effect: () => T): Promise<T> {
    const before = lastTurns.get(this.server) ?? Promise.resolve();
    const turn = before.then(() => this.send('apply', name, options, effect));
    lastTurns.set(
      this.server,
      turn.catch(() => 'the next one takes its turn all the same'),
    );
    return turn;
  }
}

export const harness: StorageHarness = harnessOf(ReadBeforeTheLock);
