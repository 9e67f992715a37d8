import type { SettingsProblem } from '../../errors/settings-errors.js';
import type { Information } from '../../machine/facts/information.js';
import type { TripRule } from '../../machine/rules/trip.js';
import type { FaultySetting } from '../../events/events.js';

/** When a closed circuit opens: data, made by the functions beside this file, checked by the factory. */
export interface TripPolicy<Context = unknown> {
  /** Which rule it is. */
  readonly kind: string;
  /** Those inside it. */
  readonly policies?: readonly (TripPolicy<Context> | TripFunction<Context>)[];
  /** The user's own. */
  readonly function?: TripFunction<Context>;
}

/** Which circuit a function of the user's is asked about. */
export interface TripSubject<Context> {
  /** In the store. */
  readonly name: string;
  /** As given to `breakerFor`. */
  readonly circuit: string;
  /** As given to `breakerFor`. */
  readonly context: Context;
}

/**
 * A trip rule of one's own: whether this circuit opens. It is asked with the counts after each counted outcome, maybe
 * more than once with the same ones and ahead of their being stored, so it must only look at what it is given. One that
 * throws, or answers anything but true, does not trip.
 */
export type TripFunction<Context = unknown> = (information: Information, subject: TripSubject<Context>) => boolean;

/** Hears of user code that threw or answered nonsense. */
export type ReportFault = (setting: FaultySetting, error: unknown, name: string | null) => void;

/** A trip rule, checked, with the user's functions still unbound: they are asked about one circuit at a time. */
export interface ParsedTrip<Context> extends Pick<TripRule, 'windows' | 'needsSuccesses' | 'needsSlowCalls'> {
  /** Whether each circuit needs a rule of its own: user code is in it. */
  readonly asksUserCode: boolean;
  readonly bind: (subject: TripSubject<Context>, report: ReportFault) => TripRule;
}

/** Reads one policy, whatever its kind. */
export type ReadTrip = (name: string, value: unknown, problems: SettingsProblem[]) => ParsedTrip<unknown>;

/** How one kind of policy is read. */
export interface TripKind {
  readonly kind: string;
  /**
   * @param given its settings
   * @param name its own, in `problems`
   * @param readTrip for those inside it
   */
  readonly read: (
    given: Readonly<Record<string, unknown>>,
    name: string,
    problems: SettingsProblem[],
    readTrip: ReadTrip,
  ) => ParsedTrip<unknown>;
}

/** A rule without user code: the same for all circuits. */
export function unbound(rule: TripRule): ParsedTrip<unknown> {
  const { windows, needsSuccesses, needsSlowCalls } = rule;
  return { windows, needsSuccesses, needsSlowCalls, asksUserCode: false, bind: () => rule };
}
