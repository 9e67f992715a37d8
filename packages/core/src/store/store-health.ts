import type { Circuit } from '../circuit/circuit.js';
import type { Shared } from '../circuit/shared.js';
import { isCircuitryError, type CircuitryError } from '../errors/circuitry-error.js';
import type { StorageError } from '../errors/storage-errors.js';
import type { Writable } from '../time/writable.js';
import { ScopeHealth } from './scope-health.js';
import type { Ability } from './storage-faults.js';

/**
 * How many unrelated circuits have to fail, and for how long nobody has to be answered meanwhile, ms, before the whole store
 * is taken for down.
 *
 * One frozen master of a Cluster, or one busy partition, makes several circuits fail together, but others are answered
 * between them; of calls that come at one moment maybe after all of them. Where nobody is answered, the first of so many
 * calls wait for their time-out, and the others no more.
 */
const manyCircuits = 8;
const longSilence = 50;

/** Who failed since anybody was last answered. */
interface Suspicion {
  /** When the first of their questions was sent, ms by the process's clock. */
  readonly since: number;
  readonly names: Set<string>;
}

/**
 * Knows what can't be used: one circuit's record, or the store as a whole; and of each, whether it can't be read, written
 * or locked. Tells when an outage begins and ends, once for each scope.
 *
 * A fault belongs to the circuit that met it. The store is down only by what proves it: the backend says so (no
 * connection), or many unrelated circuits fail in a row while nobody is answered.
 */
export class StoreHealth {
  readonly #shared: Shared;
  readonly #store: ScopeHealth;
  readonly #circuits = new Map<Circuit, ScopeHealth>();
  readonly #suspicions = new Map<Ability, Suspicion>();
  readonly #onRecovered: (circuit: Circuit | null) => void;
  /** Whether nothing is lost, neither of the store nor of any circuit: asked at each call. */
  readonly isWell: boolean = true;
  /** Whether, moreover, nobody has failed since anybody was last answered: then an answer is no news. */
  readonly isCalm: boolean = true;

  /** @param onRecovered told of the end of an outage: of this circuit, or, with null, of the whole store. */
  constructor(shared: Shared, onRecovered: (circuit: Circuit | null) => void) {
    this.#shared = shared;
    this.#store = this.#newScope();
    this.#onRecovered = onRecovered;
  }

  /** Whether the circuit can't be used this way, by its own fault or the store's. */
  isLost(circuit: Circuit, ability: Ability): boolean {
    if (this.isWell) return false;
    return this.#store.isLost(ability) || this.#circuits.get(circuit)?.isLost(ability) === true;
  }

  /** Whether a lost ability may be tried now, to find out whether it is back. */
  mayTry(circuit: Circuit, ability: Ability): boolean {
    return this.#store.mayTry(ability) && this.#circuits.get(circuit)?.mayTry(ability) !== false;
  }

  /** Why the store is not asked; null: it is, maybe to find out whether it answers again. */
  tryEnter(circuit: Circuit, ability: Ability): CircuitryError | null {
    const own = this.#circuits.get(circuit);
    const refusal = own?.tryEnter(ability) ?? null;
    if (refusal !== null) return refusal;
    const storesRefusal = this.#store.tryEnter(ability);
    if (storesRefusal !== null) own?.unanswered(ability);
    return storesRefusal;
  }

  /** Why it is lost, by the circuit's own fault or the store's; null: it is not. */
  lossOf(circuit: Circuit, ability: Ability): CircuitryError | null {
    return this.#store.lossOf(ability) ?? this.#circuits.get(circuit)?.lossOf(ability) ?? null;
  }

  /** Takes in that a question was answered. */
  succeeded(circuit: Circuit, ability: Ability): void {
    this.#suspicions.delete(ability);
    if (!this.isWell) {
      this.#storeAnswered(ability);
      const own = this.#circuits.get(circuit);
      if (own?.succeeded(ability) === true) {
        this.#circuits.delete(circuit);
        this.#tellRecovered(circuit, own);
      }
    }
    const isWell = this.#store.isWell && this.#circuits.size === 0;
    const self = this as Writable<StoreHealth>;
    self.isWell = isWell;
    self.isCalm = isWell && this.#suspicions.size === 0;
  }

  /**
   * Takes in that a question was not answered.
   *
   * @param aloneSince when it was sent, ms by the process's clock; null: others were answered to such a question meanwhile
   */
  failed(circuit: Circuit, ability: Ability, error: CircuitryError, aloneSince: number | null): void {
    const own = this as Writable<StoreHealth>;
    own.isWell = false;
    own.isCalm = false;
    const isStores =
      isCircuitryError(error, 'ERR_STORAGE') && this.#isStores(circuit, ability, error as StorageError, aloneSince);
    const scope = isStores ? this.#store : this.#scopeOf(circuit);
    // Whoever was let through to find out about the other scope did not.
    if (isStores) this.#circuits.get(circuit)?.unanswered(ability);
    else this.#storeAnswered(ability);
    if (scope.failed(ability, error)) this.#tellFailed(circuit, isStores ? 'store' : 'circuit', ability, error);
  }

  /** Also with a fault that concerns one circuit: the store is there. */
  #storeAnswered(ability: Ability): void {
    if (this.#store.succeeded(ability)) this.#tellRecovered(null, this.#store);
  }

  #isStores(circuit: Circuit, ability: Ability, { scope }: StorageError, aloneSince: number | null): boolean {
    if (scope !== undefined) return scope === 'store';
    if (this.#store.isLost(ability)) return true;
    // While this one waited, another was answered: the store is there.
    if (aloneSince === null) return false;
    const known = this.#suspicions.get(ability);
    const since = Math.min(known?.since ?? aloneSince, aloneSince);
    const names = (known?.names ?? new Set<string>()).add(circuit.name);
    this.#suspicions.set(ability, { since, names });
    return names.size >= manyCircuits && this.#shared.settings.clock.now() - since >= longSilence;
  }

  #scopeOf(circuit: Circuit): ScopeHealth {
    let scope = this.#circuits.get(circuit);
    if (scope === undefined) {
      this.#forgetOldest();
      scope = this.#newScope();
      this.#circuits.set(circuit, scope);
    }
    return scope;
  }

  /** Circuits come and go: those whose trouble nobody met again must not be remembered for ever. */
  #forgetOldest(): void {
    if (this.#circuits.size < this.#shared.settings.maxCircuits) return;
    for (const oldest of this.#circuits.keys()) return void this.#circuits.delete(oldest);
  }

  #newScope(): ScopeHealth {
    const { clock, random } = this.#shared.settings;
    return new ScopeHealth(clock, random);
  }

  #tellFailed(circuit: Circuit, scope: 'store' | 'circuit', ability: Ability, error: CircuitryError): void {
    const { hub, settings } = this.#shared;
    const policy = settings.onStorageFailure;
    hub.log('warn', error.message, { circuit: circuit.name, scope, ability, policy, error });
    hub.emit('storageFailure', { error, scope, ability, policy, name: circuit.name });
  }

  #tellRecovered(circuit: Circuit | null, { since }: ScopeHealth): void {
    const { hub, settings } = this.#shared;
    const downFor = Math.max(0, settings.clock.now() - since);
    if (circuit === null) hub.log('info', 'The store of the circuits answers again', { downFor });
    else hub.log('info', "The circuit's record can be used again", { circuit: circuit.name, downFor });
    const scope = circuit === null ? 'store' : 'circuit';
    hub.emit('storageRecovered', { scope, downFor, name: circuit === null ? null : circuit.name });
    this.#onRecovered(circuit);
  }
}
