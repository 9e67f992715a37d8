import type { Gate } from '../admission/gate.js';
import { Refuser } from '../admission/refuser.js';
import { StrictGate } from '../admission/strict-gate.js';
import { BoundedGate } from '../bounded/bounded-gate.js';
import { Circuit } from '../circuit/circuit.js';
import { Circuits } from '../circuit/circuits.js';
import { Lifecycle } from '../circuit/lifecycle.js';
import { OwnContext } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import { Stamps } from '../circuit/stamps.js';
import type { EventHub } from '../events/event-hub.js';
import type { FactoryEvents, FactoryListener, Subject } from '../events/events.js';
import { ExclusiveGate } from '../exclusive/exclusive-gate.js';
import { Departures, type OutboxParts } from '../outcomes/departures.js';
import type { Outbox } from '../outcomes/outbox.js';
import type { Settings } from '../settings/parse-settings.js';
import { Standby } from '../standby/standby.js';
import { subjectOf } from '../store/announcements.js';
import type { Sight } from '../store/record-store.js';
import { StoreDoor } from '../store/store-door.js';
import { StoreHealth } from '../store/store-health.js';
import { StoredRecord, type StoreParts } from '../store/stored-record.js';
import { Watcher } from '../store/watcher.js';
import { StoreTime } from '../time/clock.js';
import { Calls } from './calls.js';
import { Kinds } from './kinds.js';
import { LiveCircuit, type Busyness } from './live-circuit.js';
import { Operators } from './operators.js';

/** A factory's parts, put together. Whatever the context's type is, in here nobody asks. */
export class FactoryHost implements Busyness {
  readonly calls: Calls;
  readonly operators: Operators;
  readonly strict: StrictGate;
  readonly #shared: Shared;
  readonly #storeParts: StoreParts;
  readonly #standby: Standby;
  readonly #refuser: Refuser;
  readonly #watcher: Watcher;
  readonly #circuits: Circuits<LiveCircuit>;
  readonly #kinds: Kinds;
  readonly #outboxParts: OutboxParts;

  constructor(settings: Settings<unknown>, hub: EventHub) {
    const shared: Shared = {
      settings,
      backend: settings.backend,
      hub,
      time: new StoreTime(settings.clock),
      context: new OwnContext((error) => hub.log('error', 'A fault of this library', { error })),
      lifecycle: new Lifecycle(),
      stamps: new Stamps(settings.random),
    };
    const health = new StoreHealth(shared, (circuit) => this.#standby.recovered(circuit));
    this.#shared = shared;
    this.#standby = new Standby(shared, health);
    this.#storeParts = { shared, door: new StoreDoor(shared, health) };
    this.#refuser = new Refuser(shared);
    this.#circuits = new Circuits(settings.maxCircuits);
    this.#watcher = new Watcher(shared, this.#circuits, this.#storeParts.door);
    this.strict = new StrictGate(shared, this.#standby, this.#refuser);
    this.#kinds = new Kinds(shared, (own) => this.#gateOf(own));
    this.#outboxParts = { shared, standby: this.#standby, departures: new Departures(shared) };
    this.calls = new Calls(shared, this.#circuits, (subject, gate) => this.#make(subject, gate));
    this.operators = new Operators(shared, (subject) => this.calls.liveOf(subject));
  }

  /** What the store holds now. Asked even while it is known to be down; rejects with ERR_STORAGE whatever the policy. */
  async look(subject: Subject<unknown>): Promise<{ readonly circuit: Circuit; readonly sight: Sight }> {
    const { lifecycle } = this.#shared;
    if (lifecycle.isClosed) throw lifecycle.closedError();
    const { circuit, records } = this.calls.liveOf(subject);
    const isReadable = !this.#storeParts.door.health.isLost(circuit, 'read');
    const sight = await (isReadable ? records.read() : records.insist());
    return { circuit, sight };
  }

  on<Event extends keyof FactoryEvents<unknown>>(event: Event, listener: FactoryListener<unknown, Event>): () => void {
    const stop = this.#shared.hub.on(event, listener);
    // What others store is seen at once where the store pushes; without it, when this process next asks.
    if (event === 'observed') this.#watcher.begin();
    return stop;
  }

  isStandingBy(circuit: Circuit): boolean {
    return this.#standby.isActive(circuit);
  }

  forget(circuit: Circuit): void {
    this.#standby.forget(circuit);
  }

  async flush(): Promise<void> {
    const { departures } = this.#outboxParts;
    await departures.flush();
    await departures.idle(() => this.#outboxes());
  }

  async close(): Promise<void> {
    this.#shared.lifecycle.close();
    await this.flush();
    await this.#watcher.close();
    this.#storeParts.door.close();
  }

  *#outboxes(): Iterable<Outbox> {
    for (const { outbox } of this.#circuits.values()) if (outbox !== null) yield outbox;
  }

  #make(subject: Subject<unknown>, gate?: Gate): LiveCircuit {
    const common = this.#kinds.of(subject.circuit);
    const kind = gate === undefined ? common : { ...common, gate };
    const own = subjectOf(subject);
    const circuit = new Circuit(own, kind.settings, kind.rulesOf(own));
    const records = new StoredRecord(this.#storeParts, circuit);
    return new LiveCircuit(circuit, kind, records, this.#outboxParts, this);
  }

  #gateOf({ exclusive, consistency }: Settings<unknown>): Gate {
    if (exclusive !== null)
      return new ExclusiveGate(this.#shared, this.#storeParts.door, this.#standby, this.strict, exclusive);
    if (consistency === null) return this.strict;
    return new BoundedGate(this.#shared, this.strict, this.#standby, this.#refuser, this.#watcher, consistency);
  }
}
