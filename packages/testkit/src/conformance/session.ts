import type { Time } from '../clock.js';
import { connectBackend, countHeld, guarded, openStore } from './harness/harness-guard.js';
import { Handle } from './handle.js';
import type { LostReplies, OpenStore, Outage, StorageHarness } from './harness/harness.js';
import { storeName } from './harness/store-names.js';
import type { Trace } from './telling/trace.js';

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
  #losing = false;

  private constructor(store: OpenStore, trace: Trace, time: Time, ordinal: number) {
    this.#store = store;
    this.#trace = trace;
    this.#time = time;
    this.#ordinal = ordinal;
  }

  /**
   * @param which `name`: what the check’s first store may be called; `ordinal`: 0 for that one, 1 for the second, whose
   *   handles are called A′, B′.
   */
  static async open(
    harness: StorageHarness,
    trace: Trace,
    time: Time,
    { name, ordinal }: { readonly name: string; readonly ordinal: number },
  ): Promise<Session> {
    const store = await openStore(harness, time, { name: storeName(name, ordinal) });
    return new Session(store, trace, time, ordinal);
  }

  /** What this store’s harness can do. */
  get can(): Readonly<Record<'outage' | 'lostReplies' | 'corrupt' | 'held', boolean>> {
    const { outage, lostReplies, corrupt, held } = this.#store;
    return {
      outage: outage !== undefined,
      lostReplies: lostReplies !== undefined,
      corrupt: corrupt !== undefined,
      held: held !== undefined,
    };
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

  async beginOutage(how: 'refuse' | 'hang' = 'refuse'): Promise<void> {
    this.#trace.note(`the store becomes unreachable (${how})`);
    this.#down = true;
    await guarded(this.#time, 'outage.begin()', async () => (this.#store.outage as Outage).begin(how));
  }

  async endOutage(): Promise<void> {
    await guarded(this.#time, 'outage.end()', async () => (this.#store.outage as Outage).end());
    this.#down = false;
    this.#trace.note('the store is reachable again');
  }

  async beginLostReplies(): Promise<void> {
    this.#trace.note('from now on the store’s answers get lost');
    this.#losing = true;
    await guarded(this.#time, 'lostReplies.begin()', async () => (this.#store.lostReplies as LostReplies).begin());
  }

  async endLostReplies(): Promise<void> {
    await guarded(this.#time, 'lostReplies.end()', async () => (this.#store.lostReplies as LostReplies).end());
    this.#losing = false;
    this.#trace.note('the store’s answers arrive again');
  }

  /** How many records the store really holds. */
  async held(): Promise<number> {
    const count = await countHeld(this.#store.held as () => number, this.#time);
    this.#trace.note(`the store holds ${count} records`);
    return count;
  }

  async corrupt(name: string): Promise<void> {
    this.#trace.note(`the stored record of ${JSON.stringify(name)} is damaged`);
    await guarded(this.#time, 'corrupt()', async () => (this.#store.corrupt as (name: string) => Promise<void>)(name));
  }

  /** Ends an outage that a failed check left, closes the handles, then the store. */
  async close(): Promise<void> {
    if (this.#down) await this.endOutage();
    if (this.#losing) await this.endLostReplies();
    const closing = this.#handles.map(async (handle) => handle.raw.close?.());
    await this.#time.within(closeLimit, Promise.allSettled(closing), () => []);
    await guarded(this.#time, 'close()', async () => this.#store.close());
  }
}
