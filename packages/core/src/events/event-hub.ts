import { InvalidSettingsError } from '../errors/settings-errors.js';
import { callSafely } from './call-safely.js';
import type { FactoryEvents, FactoryListener, FaultySetting } from './events.js';
import type { LogFields, Logger, LogLevel } from './logger.js';
import { silentLogger } from './logger.js';

type Events = FactoryEvents<unknown>;

/** Every event that there is: a misspelt one would never be heard. */
const events: readonly (keyof Events)[] = [
  'stateChange',
  'refused',
  'settled',
  'lateOutcome',
  'trialGivenUp',
  'storageFailure',
  'storageRecovered',
  'observed',
  'fault',
];

/**
 * Tells events and log lines.
 *
 * User code behind it may throw or reject. That is told too, once, and goes no further: telling of a fault never raises
 * another.
 */
export class EventHub {
  readonly #logger: Logger;
  readonly #listeners: { [Event in keyof Events]?: Set<(event: never) => void> | undefined } = {};

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Adds a listener; the answer removes it.
   *
   * @throws InvalidSettingsError for an event that there is not, or a listener that is no function
   */
  on<Event extends keyof Events>(event: Event, listener: FactoryListener<unknown, Event>): () => void {
    if (!events.includes(event))
      throw new InvalidSettingsError([{ name: 'on(event)', value: event, expected: `one of ${events.join(', ')}` }]);
    if (typeof listener !== 'function')
      throw new InvalidSettingsError([{ name: 'on(listener)', value: listener, expected: 'a function' }]);
    const listeners = this.#listeners[event] ?? new Set();
    this.#listeners[event] = listeners;
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners[event] === listeners) this.#listeners[event] = undefined;
    };
  }

  /** An entry only where somebody listens: looked at before an event is put together on a hot path. */
  readonly heard: { readonly [Event in keyof Events]?: object | undefined } = this.#listeners;

  emit<Event extends keyof Events>(event: Event, payload: Events[Event]): void {
    this.#tell(event, payload, this.#listenerThrew);
  }

  /** User code threw, or answered nonsense. Bound, so that it can be handed on by itself. */
  readonly fault = (setting: FaultySetting, error: unknown, name: string | null): void => {
    if (setting !== 'logger')
      this.#write(
        'error',
        `The setting ${setting} failed; the circuit goes on without its answer`,
        { circuit: name, error },
        (thrown) => this.#tell('fault', { setting: 'logger', error: thrown, name: null }, nothingMore),
      );
    this.#tell('fault', { setting, error, name }, (thrown) => {
      this.#write('error', 'A listener for faults threw', { error: thrown }, nothingMore);
    });
  };

  /** Whether log lines go anywhere. */
  get isLogging(): boolean {
    return this.#logger !== silentLogger;
  }

  log(level: LogLevel, message: string, fields: LogFields): void {
    if (this.#logger !== silentLogger) this.#write(level, message, fields, this.#loggerThrew);
  }

  readonly #listenerThrew = (error: unknown): void => this.fault('listener', error, null);
  readonly #loggerThrew = (error: unknown): void => this.fault('logger', error, null);

  #write(level: LogLevel, message: string, fields: LogFields, onFault: (error: unknown) => void): void {
    callSafely((line: string): unknown => this.#logger[level](line, fields), message, onFault);
  }

  #tell<Event extends keyof Events>(event: Event, payload: Events[Event], onFault: (error: unknown) => void): void {
    const listeners = this.#listeners[event];
    if (listeners === undefined) return;
    for (const listener of Array.from(listeners))
      callSafely(listener as (event: Events[Event]) => unknown, payload, onFault);
  }
}

/** A fault that came while a fault was told of: here it ends. */
function nothingMore(): void {}
