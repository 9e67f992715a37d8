import { assertName } from '../contract/name.js';
import { InvalidNameError } from '../errors/storage-errors.js';
import { isCircuitryError } from '../errors/circuitry-error.js';
import { show } from '../errors/show.js';
import type { Rules } from '../machine/rules.js';
import { atOnce } from '../settings/at-once.js';
import type { FactoryEvents, FactoryListener } from '../settings/events.js';
import type { DefaultContext, FactoryOptions } from '../settings/options.js';
import { parseSettings, type Settings } from '../settings/parse-settings.js';
import { asksUserCode, rulesFor } from '../settings/rules.js';
import { CircuitBreaker } from './breaker.js';
import { Circuit, type NamedSubject } from './circuit.js';
import { Circuits } from './circuits.js';
import { Engine } from './engine.js';
import { Operator } from './operator.js';
import { Reports } from './reports.js';
import { Lifecycle, type Services } from './services.js';
import { StoreClient } from './store-client.js';
import { StoreTime } from './store-time.js';

/** Tells factories of one process apart, even with one seed for their `random`. */
let factories = 0;

/**
 * Makes breakers. One per process and set of settings; it holds what the process knows of its circuits, and nothing
 * else: no timer or connection per circuit.
 */
export class CircuitBreakerFactory<Context = DefaultContext> implements AsyncDisposable {
  readonly #settings: Settings<Context>;
  readonly #services: Services<Context>;
  readonly #client: StoreClient<Context>;
  readonly #engine: Engine<Context>;
  readonly #operator: Operator<Context>;
  readonly #sharedRules: Rules | null;
  readonly #host: ConstructorParameters<typeof CircuitBreaker<Context>>[0];

  /** @throws InvalidSettingsError with every fault of `options` */
  constructor(options: FactoryOptions<Context>) {
    const settings = parseSettings(options);
    const reports = new Reports<Context>(settings.logger);
    const services: Services<Context> = {
      settings,
      backend: settings.backend,
      reports,
      circuits: new Circuits(settings.maxCircuits),
      time: new StoreTime(settings.clock),
      by: uniqueNames(settings.random),
      lifecycle: new Lifecycle(),
    };
    this.#settings = settings;
    this.#services = services;
    this.#client = new StoreClient(services);
    this.#engine = new Engine(services, this.#client);
    this.#operator = new Operator(services, this.#client);
    this.#sharedRules = asksUserCode(settings)
      ? null
      : rulesFor(settings, { name: '', circuit: '', context: undefined as Context }, reports.fault);
    this.#host = { engine: this.#engine, operator: this.#operator, circuitOf: (known) => this.#circuitOf(known) };
  }

  /** The breaker of one circuit in one context. No I/O: make one per job. */
  breakerFor(
    circuit: string,
    ...rest: object extends Context ? [context?: Context] : [context: Context]
  ): CircuitBreaker<Context>;
  breakerFor(circuit: string, context: Context = {} as Context): CircuitBreaker<Context> {
    const subject = this.#subject(circuit, context);
    return new CircuitBreaker(this.#host, subject, this.#remember(subject));
  }

  /**
   * Adds a listener; the answer removes it.
   *
   * @throws InvalidSettingsError for an event that there is not
   */
  on<Event extends keyof FactoryEvents<Context>>(event: Event, listener: FactoryListener<Context, Event>): () => void {
    // What others store is seen at once where the store pushes; without it, when this process next asks.
    if (event === 'observed') this.#engine.watch();
    return this.#services.reports.on(event, listener);
  }

  /** Sends what waits in memory. */
  async flush(): Promise<void> {
    await this.#engine.flush();
  }

  /** Sends what waits in memory, then lets every timer and listener go. Calls after it reject with ERR_CLOSED. The backend stays open: it is yours. */
  async close(): Promise<void> {
    await this.#engine.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The subject of a circuit; one whose name can't be is remembered as such, and never asked for. */
  #subject(circuit: string, context: Context): NamedSubject<Context> {
    let name: unknown;
    try {
      name = atOnce(this.#settings.nameFor(circuit, context));
    } catch (error) {
      this.#services.reports.fault('nameFor', error, null);
      const nameFault = new InvalidNameError(
        `nameFor threw for circuit ${JSON.stringify(circuit)}, so nobody knows its name in the store; see the cause.`,
        { cause: error },
      );
      return { name: String(circuit), circuit, context, nameFault };
    }
    try {
      assertName(name);
      return { name, circuit, context, nameFault: null };
    } catch (error) {
      if (!isCircuitryError(error, 'ERR_INVALID_NAME')) throw error;
      return { name: show(name), circuit, context, nameFault: error as InvalidNameError };
    }
  }

  #remember(subject: NamedSubject<Context>): Circuit<Context> {
    // A circuit without a name must not be taken for one that is really called so.
    const key = subject.nameFault === null ? subject.name : `\uD800${subject.name}`;
    return this.#services.circuits.use(key, () => {
      const rules = this.#sharedRules ?? rulesFor(this.#settings, subject, this.#services.reports.fault);
      return new Circuit(key, subject, rules, this.#client);
    });
  }

  #circuitOf(known: Circuit<Context>): Circuit<Context> {
    return known.isForgotten || this.#services.circuits.isCrowded ? this.#remember(known.subject) : known;
  }
}

/** Names for store calls: random, and different even where two factories have the same randomness. */
function uniqueNames(random: () => number): () => string {
  factories += 1;
  const prefix = `${factories.toString(36)}${Math.floor(random() * 2 ** 40).toString(36)}`;
  let calls = 0;
  return () => {
    calls += 1;
    return `${prefix}-${calls.toString(36)}`;
  };
}
