import { InvalidSettingsError } from '../errors/settings-errors.js';
import type { Logger, LogFields, LogLevel } from '../logging/logger.js';
import { silentLogger } from '../logging/logger.js';
import type { FactoryEvents, FactoryListener, FaultySetting } from '../settings/events.js';

/** Every event that there is: a misspelt one would never be heard. */
const events: readonly (keyof FactoryEvents<unknown>)[] = [
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

/** Tells events and log lines. User code behind it may throw: that is told too, once, and goes no further. */
export class Reports<Context> {
  readonly #logger: Logger;
  /** An entry only where somebody listens. */
  readonly #listeners: { [Event in keyof FactoryEvents<Context>]?: Set<(event: never) => void> } = {};

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Adds a listener; the answer removes it.
   *
   * @throws InvalidSettingsError for an event that there is not
   */
  on<Event extends keyof FactoryEvents<Context>>(event: Event, listener: FactoryListener<Context, Event>): () => void {
    if (!events.includes(event))
      throw new InvalidSettingsError([{ name: 'on(event)', value: event, expected: `one of ${events.join(', ')}` }]);
    const listeners = this.#listeners[event] ?? new Set();
    this.#listeners[event] = listeners;
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners[event] === listeners) delete this.#listeners[event];
    };
  }

  /** Whether anybody listens: asked before an event is put together on a hot path. */
  isHeard(event: keyof FactoryEvents<Context>): boolean {
    return this.#listeners[event] !== undefined;
  }

  emit<Event extends keyof FactoryEvents<Context>>(event: Event, payload: FactoryEvents<Context>[Event]): void {
    const listeners = this.#listeners[event];
    if (listeners === undefined) return;
    for (const listener of [...listeners]) {
      const onFault = (error: unknown): void => {
        // A listener for faults that throws itself would be told of itself for ever.
        if (event === 'fault') this.log('error', 'A listener for faults threw', { error });
        else this.fault('listener', error, null);
      };
      callSafely(listener as (event: FactoryEvents<Context>[Event]) => unknown, payload, onFault);
    }
  }

  /** User code threw, or answered nonsense. Bound, so that it can be handed on by itself. */
  readonly fault = (setting: FaultySetting, error: unknown, name: string | null): void => {
    if (setting !== 'logger') {
      this.log('error', `The setting ${setting} failed; the circuit goes on without its answer`, {
        circuit: name,
        error,
      });
    }
    this.emit('fault', { setting, error, name });
  };

  /** Whether log lines go anywhere. */
  get isLogging(): boolean {
    return this.#logger !== silentLogger;
  }

  log(level: LogLevel, message: string, fields: LogFields): void {
    const write = (line: string): unknown => this.#logger[level](line, fields);
    callSafely(write, message, (error) => this.fault('logger', error, null));
  }
}

/** Calls user code; hears of what it throws, now or later. */
export function callSafely<T>(
  callback: (argument: T) => unknown,
  argument: T,
  onFault: (error: unknown) => void,
): void {
  try {
    const answer = callback(argument);
    // An async listener's rejection must not end the process.
    if (answer instanceof Promise) answer.catch(onFault);
  } catch (error) {
    onFault(error);
  }
}
