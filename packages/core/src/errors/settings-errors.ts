import { CircuitryError, nameErrorClass } from './circuitry-error.js';
import { onOneLine, show } from './show.js';

/** One wrong setting. */
export interface SettingsProblem {
  /** `'allowAfter'`, `'trip.policies[1].threshold'`, … */
  readonly name: string;
  /** What was given. */
  readonly value: unknown;
  /** What would have been right. */
  readonly expected: string;
}

/** Settings that make no circuit breaker. It lists every fault at once. */
export class InvalidSettingsError extends CircuitryError {
  /** What this error is told apart by. */
  readonly code = 'ERR_INVALID_SETTINGS';
  /** Every fault, in the order in which the settings were read. */
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    const lines = problems.map(
      ({ name, value, expected }) => `  ${onOneLine(name)}: expected ${expected}, got ${show(value)}`,
    );
    const count = problems.length === 1 ? 'One setting is' : `${problems.length} settings are`;
    super(`${count} wrong; nothing was made:\n${lines.join('\n')}`);
    this.problems = problems;
  }

  override toJSON(): object {
    return { ...super.toJSON(), problems: this.problems.map((each) => ({ ...each, value: asJson(each.value) })) };
  }
}

/** What was given may hold a bigint or itself, or throw: then it is shown as the message shows it. */
function asJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch {
    return show(value);
  }
}

/** Two sets of settings that both give one setting: which of them holds must be somebody's decision. */
export class SettingsConflictError extends CircuitryError {
  /** What this error is told apart by. */
  readonly code = 'ERR_SETTINGS_CONFLICT';
  /** The names of the settings that both give, `'errorMatchers.send-mail'` for one entry of a map. */
  readonly settings: readonly string[];

  constructor(settings: readonly string[]) {
    super(
      `Both sets of settings give ${onOneLine(settings.join(', '))}: neither overrides the other. Take one of the two out.`,
    );
    this.settings = settings;
  }
}

nameErrorClass(InvalidSettingsError, 'InvalidSettingsError');
nameErrorClass(SettingsConflictError, 'SettingsConflictError');
