import { isCircuitryError, type CircuitryError } from '../errors/circuitry-error.js';
import type { InvalidNameError } from '../errors/storage-errors.js';
import type { Circuit } from './circuit.js';
import { asOurs } from './failures.js';
import { Health } from './health.js';
import type { Verb } from './question.js';
import { reconcile } from './recovery.js';
import type { Services } from './services.js';

/** Knows whether the store, or one circuit's record in it, can be used; tells when that changes. */
export class Outages<Context> {
  readonly #services: Services<Context>;
  readonly #health: Health;

  constructor(services: Services<Context>) {
    this.#services = services;
    this.#health = this.#newHealth();
  }

  get isStoreDown(): boolean {
    return this.#health.isFailing;
  }

  /** Why the store is not asked at all. */
  refusal(circuit: Circuit<Context>, insist: boolean): CircuitryError | null {
    if (circuit.nameFault !== null) return this.#badName(circuit, circuit.nameFault);
    if (insist) return null;
    return this.#health.isFailing ? this.#health.refusal() : (circuit.health?.refusal() ?? null);
  }

  /** Takes in that a question was answered. */
  succeeded(circuit: Circuit<Context>): void {
    this.#storeAnswered();
    if (circuit.health !== null) this.#recordIsUsable(circuit, circuit.health);
  }

  #storeAnswered(): void {
    const downFor = this.#health.succeeded();
    if (downFor === null) return;
    const { reports } = this.#services;
    reports.log('info', 'The store of the circuits answers again', { downFor });
    reports.emit('storageRecovered', { scope: 'store', downFor, name: null });
    reconcile(this.#services.circuits.values());
  }

  #recordIsUsable(circuit: Circuit<Context>, health: Health): void {
    const { reports } = this.#services;
    const downFor = health.succeeded() ?? 0;
    circuit.health = null;
    reports.log('info', "The circuit's record can be used again", { circuit: circuit.name, downFor });
    reports.emit('storageRecovered', { scope: 'circuit', downFor, name: circuit.name });
    reconcile(this.#services.circuits.values());
  }

  /** Takes in that a question was not answered; answers the error to tell. */
  failed(circuit: Circuit<Context>, verb: Verb, thrown: unknown): CircuitryError {
    const error = asOurs(circuit.name, verb, thrown);
    if (isCircuitryError(error, 'ERR_STORAGE')) {
      circuit.health?.unanswered();
      this.#tellFailure(circuit, error, 'store', this.#health.failed(error));
    } else {
      // The store answered: only this circuit's record is unusable.
      this.#storeAnswered();
      this.#tellFailure(circuit, error, 'circuit', this.#healthOf(circuit).failed(error));
    }
    return error;
  }

  /** Nothing is asked under such a name, so it is told once, and never gets better. */
  #badName(circuit: Circuit<Context>, error: InvalidNameError): InvalidNameError {
    const health = this.#healthOf(circuit);
    if (!health.isFailing) this.#tellFailure(circuit, error, 'circuit', health.failed(error));
    return error;
  }

  #healthOf(circuit: Circuit<Context>): Health {
    circuit.health ??= this.#newHealth();
    return circuit.health;
  }

  #newHealth(): Health {
    const { clock, random } = this.#services.settings;
    return new Health(clock, random);
  }

  #tellFailure(circuit: Circuit<Context>, error: CircuitryError, scope: 'store' | 'circuit', isNews: boolean): void {
    const { reports, settings } = this.#services;
    const policy = settings.onStorageFailure;
    if (isNews) reports.log('warn', error.message, { circuit: circuit.name, policy, error });
    reports.emit('storageFailure', { error, scope, policy, name: circuit.name });
  }
}
