import type { Item } from '../record/item.js';
import type { Keys } from '../record/key.js';
import { readCircuit, type StoredCircuit } from '../record/read-circuit.js';
import type { Call, Requests } from '../requests/requests.js';
import type { ServerTime } from '../time/server-time.js';

/** A call for one circuit. */
export type CircuitCall = Call & { readonly name: string };

/** What reading circuits takes. */
export interface ReadsParts {
  readonly requests: Requests;
  readonly keys: Keys;
  readonly time: ServerTime;
}

/** Reads one circuit's item, by the clock that its ttl was written with. */
export class Reads {
  readonly #parts: ReadsParts;

  constructor(parts: ReadsParts) {
    this.#parts = parts;
  }

  key({ name }: CircuitCall): Item {
    return this.#parts.keys.key('circuit', name);
  }

  /** One consistent read. */
  async get(call: CircuitCall): Promise<StoredCircuit | null> {
    return this.read(call, await this.#parts.requests.get(this.key(call), call));
  }

  /** What an item says that came back with another request's answer. */
  read({ name }: CircuitCall, item: Item | undefined): StoredCircuit | null {
    return readCircuit(name, item, this.#parts.time.now());
  }
}
