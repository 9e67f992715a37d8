import type { Circuit } from './circuit.js';
import { isStorageFault } from './failures.js';
import { LocalPort } from './local-port.js';
import { reconcile } from './recovery.js';
import type { Services } from './services.js';
import type { StoreClient } from './store-client.js';

/** What happens while the store, or one circuit's record in it, can't be used. */
export class Fallback<Context> {
  readonly #services: Services<Context>;
  readonly #client: StoreClient<Context>;

  constructor(services: Services<Context>, client: StoreClient<Context>) {
    this.#services = services;
    this.#client = client;
  }

  /** Whether a call goes on without the store after this error. */
  covers(error: unknown): boolean {
    return isStorageFault(error) && this.#services.settings.onStorageFailure !== 'throw';
  }

  /**
   * A call went without the store, but by now the store is up again: nobody else will throw its machine away, and the
   * next outage must not begin with a record from this one.
   */
  settle(circuit: Circuit<Context>): void {
    if (circuit.local !== null && !this.#client.isDown && circuit.health === null) reconcile([circuit]);
  }

  /** This process's own machine for the circuit, under `'local'`; null under another policy. */
  portFor(circuit: Circuit<Context>): LocalPort | null {
    if (this.#services.settings.onStorageFailure !== 'local') return null;
    const { time } = this.#services;
    circuit.local ??= new LocalPort(
      circuit.view?.record ?? null,
      () => time.now(),
      () => this.#client.stamp(),
    );
    return circuit.local;
  }
}
