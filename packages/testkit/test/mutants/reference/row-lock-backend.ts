import type { CallOptions, Change, CircuitRecord, Delta, StoreOptions, WriteOptions } from '@circuitry/core';
import { ReferenceBackend } from './reference-backend.js';
import type { Server } from './server.js';

const lastTurns = new WeakMap<Server, Map<string, Promise<unknown>>>();

/**
 * A correct backend over a store that locks rows, as databases do: the writers of a row take turns, and each looks at
 * its condition when its turn has come. What it saw when it came is there for a mutant to go by.
 */
export class RowLockBackend extends ReferenceBackend {
  override async apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    return this.send('apply', name, options, () => {
      const seen = this.read(name, 'apply');
      return this.inTurn(name, () => this.applyInTurn(seen, name, revision, delta, options));
    });
  }

  override async store(
    name: string,
    revision: number | null,
    next: CircuitRecord,
    options: StoreOptions,
  ): Promise<Change> {
    return this.send('store', name, options, () => {
      const seen = this.read(name, 'store');
      return this.inTurn(name, () => this.storeInTurn(seen, name, revision, next, options));
    });
  }

  override async delete(name: string, options?: CallOptions): Promise<void> {
    return this.send('delete', name, options, () => this.inTurn(name, () => this.deleteNow(name)));
  }

  protected applyInTurn(
    _seen: CircuitRecord | null,
    name: string,
    revision: number,
    delta: Delta,
    options: WriteOptions,
  ): Change {
    return this.applyNow(name, revision, delta, options);
  }

  protected storeInTurn(
    _seen: CircuitRecord | null,
    name: string,
    revision: number | null,
    next: CircuitRecord,
    options: StoreOptions,
  ): Change {
    return this.storeNow(name, revision, next, options);
  }

  private inTurn<T>(name: string, effect: () => T): Promise<T> {
    const turns = lastTurns.get(this.server) ?? new Map<string, Promise<unknown>>();
    lastTurns.set(this.server, turns);
    const turn = (turns.get(name) ?? Promise.resolve()).then(effect);
    turns.set(
      name,
      turn.catch(() => 'the next one takes its turn all the same'),
    );
    return turn;
  }
}
