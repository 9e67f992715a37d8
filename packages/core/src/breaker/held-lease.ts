import type { Lease } from '../contract/storage.js';
import { isCircuitryError } from '../errors/circuitry-error.js';
import { LeaseLostError } from '../errors/storage-errors.js';
import type { Clock } from '../time/clock.js';

/**
 * A lease that is renewed every third of its length while its work runs. Once it is lost, or can't be renewed until its
 * time is over, whoever relies on it is told, once.
 */
export class HeldLease {
  readonly #name: string;
  readonly #lease: Lease;
  readonly #length: number;
  readonly #clock: Clock;
  readonly #onLost: (error: LeaseLostError) => void;
  #endsAt: number;
  #isOver = false;
  #cancel: () => void = () => {};

  /** @param length of the lease, ms; @param grantedAt when its grant was heard of, ms. */
  constructor(name: string, lease: Lease, length: number, grantedAt: number, clock: Clock, onLost: (error: LeaseLostError) => void) {
    this.#name = name;
    this.#lease = lease;
    this.#length = length;
    this.#clock = clock;
    this.#onLost = onLost;
    this.#endsAt = grantedAt + length;
    this.#arm();
  }

  /** What a protected resource compares to tell a late holder from the present one. */
  get token(): number {
    return this.#lease.token;
  }

  /** Gives it back. Nothing to mend where it was lost, or the store is away: it ends by itself. */
  async release(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancel();
    await this.#lease.release().catch(() => {});
  }

  #arm(): void {
    this.#cancel = this.#clock.after(this.#length / 3, () => void this.#beat(), { background: true });
  }

  async #beat(): Promise<void> {
    const askedAt = this.#clock.now();
    try {
      await this.#lease.extend(this.#length);
      this.#endsAt = askedAt + this.#length;
    } catch (error) {
      if (isCircuitryError(error, 'ERR_LEASE_LOST')) return this.#lose('the store says so', error);
      if (this.#clock.now() >= this.#endsAt) return this.#lose('it could not be renewed in time', error);
    }
    if (!this.#isOver) this.#arm();
  }

  #lose(what: string, cause: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onLost(new LeaseLostError(this.#name, what, { cause }));
  }
}
