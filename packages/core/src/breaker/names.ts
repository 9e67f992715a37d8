import { assertName } from '../contract/name.js';
import { isCircuitryError } from '../errors/circuitry-error.js';
import { show } from '../errors/show.js';
import { InvalidNameError } from '../errors/storage-errors.js';
import { atOnce } from '../events/call-safely.js';
import type { EventHub } from '../events/event-hub.js';
import type { Settings } from '../settings/parse-settings.js';

/** Why a circuit has no name in the store. */
export interface NoName {
  /** What stands for the name in messages. */
  readonly shown: string;
  readonly fault: InvalidNameError;
}

/**
 * Names circuits. A name that is none (`nameFor` threw, an id is missing or too long) is nobody's circuit: a `fault` event
 * tells of it, and where there is no logger one warning for each factory.
 */
export class Names {
  readonly #settings: Settings<unknown>;
  readonly #hub: EventHub;
  #hasWarned = false;

  constructor(settings: Settings<unknown>, hub: EventHub) {
    this.#settings = settings;
    this.#hub = hub;
  }

  /** The name in the store, or why there is none. */
  of(circuit: string, context: unknown): string | NoName {
    let name: unknown;
    try {
      name = atOnce(this.#settings.nameFor(circuit, context));
      assertName(name);
      return name;
    } catch (error) {
      return this.#noName(circuit, name, error);
    }
  }

  #noName(circuit: unknown, name: unknown, error: unknown): NoName {
    const fault = isCircuitryError(error, 'ERR_INVALID_NAME')
      ? (error as InvalidNameError)
      : new InvalidNameError(
          `nameFor threw for circuit ${show(circuit)}, so nobody knows its name in the store; see the cause.`,
          { cause: error },
        );
    const shown = name === undefined ? show(circuit) : show(name);
    this.#hub.fault('nameFor', error, null);
    if (!this.#hub.isLogging && !this.#hasWarned) {
      this.#hasWarned = true;
      warn(`circuitry: ${fault.message} ${this.#consequence()} This is told once; give a logger to see each.`);
    }
    return { shown, fault };
  }

  #consequence(): string {
    return this.#settings.onStorageFailure === 'throw'
      ? 'Its calls are refused.'
      : 'Its calls run unprotected and are not counted.';
  }
}

/** A host without a console, or with a broken one, hears nothing. */
function warn(text: string): void {
  try {
    console.warn(text);
  } catch {
    // Telling of a fault raises none.
  }
}
