import type { Gate } from '../admission/gate.js';
import { Classifier } from '../call/classifier.js';
import { StallWatch } from '../call/stall-watch.js';
import type { Shared } from '../circuit/shared.js';
import type { Subject } from '../events/events.js';
import type { Rules } from '../machine/rules/rules.js';
import type { Settings } from '../settings/parse-settings.js';
import { asksUserCode, rulesFor } from '../settings/rules.js';

/** What all circuits with the same settings share: those of one entry of `circuits`, or all others. */
export interface Kind {
  readonly settings: Settings<unknown>;
  readonly gate: Gate;
  readonly classifier: Classifier;
  /** Null: no call is slow. */
  readonly stalls: StallWatch | null;
  rulesOf(subject: Subject<unknown>): Rules;
}

/** How far apart clocks are where the store's own decides for all, ms. */
const errorOfOneClock = 5_000;
/** How far apart they may be where each worker's own decides, ms: a machine that is minutes off is no step of a clock. */
const errorOfManyClocks = 600_000;

/** Makes kinds, one for each set of settings. */
export class Kinds {
  readonly #shared: Shared;
  readonly #gateOf: (settings: Settings<unknown>) => Gate;
  readonly #byName = new Map<string, Kind>();
  readonly #others: Kind;

  constructor(shared: Shared, gateOf: (settings: Settings<unknown>) => Gate) {
    this.#shared = shared;
    this.#gateOf = gateOf;
    this.#others = this.#make(shared.settings);
    for (const [circuit, settings] of shared.settings.circuits) this.#byName.set(circuit, this.#make(settings));
  }

  /** @param circuit its own name, not the one in the store */
  of(circuit: string): Kind {
    return this.#byName.size === 0 ? this.#others : (this.#byName.get(circuit) ?? this.#others);
  }

  #make(settings: Settings<unknown>): Kind {
    const { hub, context, time } = this.#shared;
    const clockError = (): number => (time.isStores ? errorOfOneClock : errorOfManyClocks);
    const { clock, slowCallAfter } = settings;
    const make = (subject: Subject<unknown>): Rules => rulesFor(settings, subject, hub.fault, clockError);
    // Where no user code is bound to a circuit, all share one object.
    const shared = asksUserCode(settings) ? null : make({ name: '', circuit: '', context: undefined });
    return {
      settings,
      gate: this.#gateOf(settings),
      classifier: new Classifier(settings, hub),
      stalls: slowCallAfter === Infinity ? null : new StallWatch(clock, context, slowCallAfter),
      rulesOf: (subject) => shared ?? make(subject),
    };
  }
}
