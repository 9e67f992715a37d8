import { InvalidSettingsError } from '../errors/settings-errors.js';
import { EventHub } from '../events/event-hub.js';
import type { FactoryEvents, FactoryListener } from '../events/events.js';
import type { DefaultContext, FactoryOptions, Mode } from '../settings/options.js';
import { parseSettings, type Settings } from '../settings/parse-settings.js';
import { CircuitBreaker } from './breaker.js';
import { FactoryHost } from './factory-host.js';
import { Names } from './names.js';

/**
 * Makes breakers. One for each process and set of settings; it holds what the process knows of its circuits, and nothing
 * else: no timer or connection for each circuit.
 */
export class CircuitBreakerFactory<Context = DefaultContext> implements AsyncDisposable {
  readonly #host: FactoryHost;
  readonly #names: Names;

  /** @throws InvalidSettingsError with every fault of `options` */
  constructor(options: FactoryOptions<Context>) {
    const settings = parseSettings(options, (setting, error) => hub.fault(setting, error, null));
    const hub: EventHub = new EventHub(settings.logger);
    this.#host = new FactoryHost(settings as Settings<unknown>, hub);
    this.#names = new Names(settings as Settings<unknown>, hub);
  }

  /** The breaker of one circuit in one context. No I/O: make one for each job. */
  breakerFor(
    circuit: string,
    ...rest: object extends Context ? [context?: Context] : [context: Context]
  ): CircuitBreaker<Context>;
  breakerFor(circuit: string, context: Context = noContext as Context): CircuitBreaker<Context> {
    const name = this.#names.of(circuit, context);
    return typeof name === 'string'
      ? new CircuitBreaker(this.#host, name, circuit, context, null)
      : new CircuitBreaker(this.#host, name.shown, circuit, context, name.fault);
  }

  /**
   * Adds a listener; the answer removes it.
   *
   * @throws InvalidSettingsError for an event that there is not, or a listener that is no function
   */
  on<Event extends keyof FactoryEvents<Context>>(event: Event, listener: FactoryListener<Context, Event>): () => void {
    return this.#host.on(event, listener as FactoryListener<unknown, Event>);
  }

  /**
   * Changes at once, in this process, whether refusals hold (`'enforce'`), are only told (`'observe'`), or nobody is asked
   * (`'off'`). A circuit with a `mode` of its own in `circuits` keeps it, except under `'off'`.
   *
   * @throws InvalidSettingsError for a mode that there is not
   */
  setMode(mode: Mode): void {
    if (!['enforce', 'observe', 'off'].includes(mode))
      throw new InvalidSettingsError([{ name: 'mode', value: mode, expected: "'enforce' or 'observe' or 'off'" }]);
    this.#host.calls.setMode(mode);
  }

  /** Sends what waits in memory. */
  async flush(): Promise<void> {
    await this.#host.flush();
  }

  /**
   * Sends what waits in memory, then lets every timer and listener go. Calls after it, and those that were undecided, are
   * refused with ERR_CLOSED; work that runs still reports. The backend stays open: it is yours.
   */
  async close(): Promise<void> {
    await this.#host.close();
  }

  /** Closes the factory at the end of its block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** One for all: there may be a breaker for each call. */
const noContext: object = Object.freeze({});
