import { within } from '../clock.js';
import { connectBackend, guarded, openStore } from './harness-guard.js';
import { Handle } from './handle.js';
import type { OpenStore, Outage, StorageHarness } from './harness.js';
import type { Trace } from './trace.js';

/** How long a backend may take to close when a check is over; whether it closes well is clause E6’s business. */
const closeLimit = 5_000;

/** One store that the harness opened for a check, and the handles on it. */
export class Session {
  readonly #store: OpenStore;
  readonly #trace: Trace;
  readonly #label: (index: number) => string;
  readonly #handles: Handle[] = [];
  #down = false;

  private constructor(store: OpenStore, trace: Trace, label: (index: number) => string) {
    this.#store = store;
    this.#trace = trace;
    this.#label = label;
  }

  /** @param ordinal 0 for a check’s first store, 1 for its second: its handles are called A, B and A′, B′. */
  static async open(harness: StorageHarness, trace: Trace, ordinal: number): Promise<Session> {
    const store = await openStore(harness);
    return new Session(store, trace, (index) => `${String.fromCharCode(65 + (index % 26))}${'′'.repeat(ordinal)}`);
  }

  /** What this store’s harness can do. */
  get can(): { readonly outage: boolean; readonly corrupt: boolean } {
    return { outage: this.#store.outage !== undefined, corrupt: this.#store.corrupt !== undefined };
  }

  /** Another process on this store. */
  async connect(): Promise<Handle> {
    const handle = new Handle(this.#label(this.#handles.length), await connectBackend(this.#store), this.#trace);
    this.#handles.push(handle);
    return handle;
  }

  async connectMany(count: number): Promise<Handle[]> {
    const handles: Handle[] = [];
    while (handles.length < count) handles.push(await this.connect());
    return handles;
  }

  async beginOutage(): Promise<void> {
    this.#trace.note('the store becomes unreachable');
    this.#down = true;
    await guarded('outage.begin()', async () => (this.#store.outage as Outage).begin());
  }

  async endOutage(): Promise<void> {
    await guarded('outage.end()', async () => (this.#store.outage as Outage).end());
    this.#down = false;
    this.#trace.note('the store is reachable again');
  }

  async corrupt(name: string): Promise<void> {
    this.#trace.note(`the stored record of ${JSON.stringify(name)} is damaged`);
    await guarded('corrupt()', async () => (this.#store.corrupt as (name: string) => Promise<void>)(name));
  }

  /** Ends an outage that a failed check left, closes the handles, then the store. */
  async close(): Promise<void> {
    if (this.#down) await this.endOutage();
    const closing = this.#handles.map(async (handle) => handle.raw.close?.());
    await within(closeLimit, Promise.allSettled(closing), () => []);
    await guarded('close()', async () => this.#store.close());
  }
}
