import type { Circuit } from '../circuit/circuit.js';
import { nothing } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import type { CircuitRecord } from '../contract/record.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import { unrecorded } from '../machine/record/revision.js';
import type { RecordStore, Sight, Write } from '../store/record-store.js';
import { isStorageFault } from '../store/storage-faults.js';
import type { StoreHealth } from '../store/store-health.js';
import { changeCounters } from '../store/transitions.js';
import type { Writable } from '../time/writable.js';
import { LocalRecord } from './local-record.js';

/** A circuit whose local record is thrown away, and where its totals go. */
interface Returning {
  readonly local: LocalRecord;
  readonly records: RecordStore;
}

/**
 * What decides while the store, or one circuit's record in it, can't be used. Under `'local'` that is a record of this
 * process's own for each circuit; it goes once the store can be both read and written again.
 */
export class Standby {
  readonly #shared: Shared;
  readonly #health: StoreHealth;
  readonly #locals = new Map<Circuit, Returning>();
  /** Whether any circuit has a record of this process's own: asked at each call. */
  readonly isInUse: boolean = false;

  constructor(shared: Shared, health: StoreHealth) {
    this.#shared = shared;
    this.#health = health;
  }

  /** Whether a call goes on without the store after this error. */
  covers(error: unknown): boolean {
    return isStorageFault(error) && this.#shared.settings.onStorageFailure !== 'throw';
  }

  /** Whether the circuit has a record of this process's own: then something of its was lost to an outage. */
  isActive(circuit: Circuit): boolean {
    return this.#locals.has(circuit);
  }

  /**
   * What decides although the store can be read: the local record, while the store can't be written. Null: the store does.
   *
   * A store that reads and can't write would admit every call for ever, for nobody's failure ever reaches it. But where
   * others have stored something since, it begins again with that.
   *
   * @param seen what the store holds now
   */
  whileUnwritable(circuit: Circuit, seen: CircuitRecord | null): LocalRecord | null {
    const known = this.#locals.get(circuit);
    if (known === undefined || !this.#health.isLost(circuit, 'write')) return null;
    if (this.#health.mayTry(circuit, 'write')) this.#shared.context.soon(() => this.#probe(known.records, seen));
    if (known.local.beganWith === (seen?.revision ?? 0)) return known.local;
    const local = this.#begin(seen);
    const fence = seen ?? unrecorded;
    local.keepForTotals(fence, known.local.unsentUnder(fence));
    this.#keep(circuit, { local, records: known.records });
    return local;
  }

  /**
   * What counts although the store can be written: the local record, while the store can't be read, for it decides. Null:
   * the store does.
   */
  whileUnreadable(circuit: Circuit): { readonly local: LocalRecord; readonly error: CircuitryError } | null {
    const local = this.#locals.get(circuit)?.local;
    const error = local === undefined ? null : this.#health.lossOf(circuit, 'read');
    return local === undefined || error === null ? null : { local, error };
  }

  /** The circuit's own record in this process, under `'local'`; null under another policy. */
  recordOf(circuit: Circuit, records: RecordStore): LocalRecord | null {
    if (this.#shared.settings.onStorageFailure !== 'local') return null;
    let known = this.#locals.get(circuit);
    if (known === undefined) {
      known = { local: this.#begin(circuit.record), records };
      this.#keep(circuit, known);
    }
    return known.local;
  }

  /** The local record, where there is one; null: it is gone, or never was. */
  present(circuit: Circuit): LocalRecord | null {
    return this.#locals.get(circuit)?.local ?? null;
  }

  /**
   * A call went without the store, but by now the store can be used again: nobody else will throw its record away, and the
   * next outage must not begin with a record from this one.
   */
  settle(circuit: Circuit): void {
    if (!this.#isLost(circuit)) this.#reconcile([circuit]);
  }

  /** The process remembers the circuit no more. */
  forget(circuit: Circuit): void {
    this.#drop(circuit);
  }

  /** An outage is over: of one circuit, or, with null, of the store. */
  recovered(circuit: Circuit | null): void {
    const back = circuit === null ? [...this.#locals.keys()] : [circuit];
    this.#reconcile(back.filter((each) => !this.#isLost(each)));
  }

  /**
   * Finds out whether the store can be written again, by a write that changes nothing: what this process's own record
   * decides may never write. Whatever comes of it, the door takes in.
   */
  #probe(records: RecordStore, seen: CircuitRecord | null): void {
    const write: Write =
      seen === null ? { kind: 'store', reason: 'created', next: unrecorded } : { kind: 'change', delta: {} };
    records.write(seen, write, this.#shared.time.now(), { resolve: nothing, reject: nothing });
  }

  #begin(record: CircuitRecord | null): LocalRecord {
    const { time, stamps } = this.#shared;
    return new LocalRecord(
      record,
      () => time.now(),
      () => stamps.next(),
    );
  }

  #keep(circuit: Circuit, own: Returning): void {
    this.#locals.set(circuit, own);
    (this as Writable<Standby>).isInUse = true;
  }

  #drop(circuit: Circuit): void {
    this.#locals.delete(circuit);
    (this as Writable<Standby>).isInUse = this.#locals.size > 0;
  }

  #isLost(circuit: Circuit): boolean {
    return this.#health.isLost(circuit, 'read') || this.#health.isLost(circuit, 'write');
  }

  /**
   * Each circuit's own record is thrown away, its transitions with it. What it counted under a fence that still holds is
   * added to the store's totals, one circuit after another.
   */
  #reconcile(circuits: readonly Circuit[]): void {
    const returning: Returning[] = [];
    for (const circuit of circuits) {
      const known = this.#locals.get(circuit);
      if (known === undefined) continue;
      this.#drop(circuit);
      returning.push(known);
    }
    if (returning.length > 0) this.#shared.context.soon(() => void this.#addTotals(returning));
  }

  async #addTotals(returning: readonly Returning[]): Promise<void> {
    for (const { local, records } of returning) {
      try {
        let { record }: Sight = await records.read();
        // Once more if the record changed in between; then it is left: totals are for people.
        for (let tries = 0; tries < 2 && record !== null; tries += 1) {
          const delta = local.totalsFor(record);
          if (delta === null) break;
          const answer = await changeCounters(this.#shared, records, record, delta);
          if (answer.applied) break;
          ({ record } = answer);
        }
      } catch {
        // Down again: these totals are lost, and the outage's next events say so.
      }
    }
  }
}
