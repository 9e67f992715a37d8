import type { Time } from '../clock.js';
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
  readonly #time: Time;
  readonly #ordinal: number;
  readonly #handles: Handle[] = [];
  #down = false;

  private constructor(store: OpenStore, trace: Trace, time: Time, ordinal: number) {
    this.#store = store;
    this.#trace = trace;
    this.#time = time;
    this.#ordinal = ordinal;
  }

  /** @param ordinal 0 for a check’s first store, 1 for its second: its handles are called A, B and A′, B′. */
  static async open(harness: StorageHarness, trace: Trace, time: Time, ordinal: number): Promise<Session> {
    return new Session(await openStore(harness, time), trace, time, ordinal);
  }

  /** What this store’s harness can do. */
  get can(): { readonly outage: boolean; readonly corrupt: boolean } {
    return { outage: this.#store.outage !== undefined, corrupt: this.#store.corrupt !== undefined };
  }

  /** Another process on this store. */
  async connect(): Promise<Handle> {
    const label = `${String.fromCharCode(65 + (this.#handles.length % 26))}${'′'.repeat(this.#ordinal)}`;
    const backend = await connectBackend(this.#store, this.#time);
    const handle = new Handle(label, backend, this.#trace, this.#time);
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
    await guarded(this.#time, 'outage.begin()', async () => (this.#store.outage as Outage).begin());
  }

  async endOutage(): Promise<void> {
    await guarded(this.#time, 'outage.end()', async () => (this.#store.outage as Outage).end());
    this.#down = false;
    this.#trace.note('the store is reachable again');
  }

  async corrupt(name: string): Promise<void> {
    this.#trace.note(`the stored record of ${JSON.stringify(name)} is damaged`);
    await guarded(this.#time, 'corrupt()', async () => (this.#store.corrupt as (name: string) => Promise<void>)(name));
  }

  /** Ends an outage that a failed check left, closes the handles, then the store. */
  async close(): Promise<void> {
    if (this.#down) await this.endOutage();
    const closing = this.#handles.map(async (handle) => handle.raw.close?.());
    await this.#time.within(closeLimit, Promise.allSettled(closing), () => []);
    await guarded(this.#time, 'close()', async () => this.#store.close());
  }
}
