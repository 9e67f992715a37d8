import type { SettingsProblem } from '@circuitry/core';
import { duration, isObject, optional } from '@circuitry/core/backend';
import type { ShownSetting } from '../protocol/circuit.js';

/** What decides about a circuit, in the order in which it is read. */
const shown = [
  'mode',
  'failureCountThreshold',
  'trip',
  'closeThreshold',
  'allowAfter',
  'maxOpenFor',
  'calmPeriod',
  'cyclicClearAfter',
  'trialLease',
  'longestTrial',
  'slowCallAfter',
  'workTimeout',
  'exclusive',
  'consistency',
  'onStorageFailure',
  'counting',
  'retention',
] as const;

/**
 * The settings that hold for circuits of one kind, as text: its own entry of `circuits` over what holds for all. Only what was
 * given is shown: a default belongs to the workers' version of core, which may not be the panel's.
 */
export function settingsOf(settings: object, kind: string): readonly ShownSetting[] {
  const given = settingsFor(settings, kind);
  return shown
    .filter((name) => given[name] !== undefined && given[name] !== null)
    .map((name) => ({ name, value: textOf(given[name]) }));
}

/** How long circuits of one kind stay open, ms; null: the settings don't say, or say it by a function. */
export function allowAfterOf(settings: object, kind: string): number | null {
  const problems: SettingsProblem[] = [];
  const allowAfter = optional(duration(1), null)('allowAfter', settingsFor(settings, kind)['allowAfter'], problems);
  return problems.length === 0 ? allowAfter : null;
}

function settingsFor(settings: object, kind: string): Readonly<Record<string, unknown>> {
  const all = settings as Readonly<Record<string, unknown>>;
  const { circuits } = all;
  const own = isObject(circuits) && Object.hasOwn(circuits, kind) ? circuits[kind] : undefined;
  return isObject(own) ? { ...all, ...own } : all;
}

function textOf(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'number') return value >= 1_000 ? `${value.toLocaleString('en')} ms` : String(value);
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (!isObject(value)) return String(value);
  const { kind, policies, ...rest } = value;
  const parts = Object.entries(rest).map(([name, each]) => `${name} ${textOf(each)}`);
  if (Array.isArray(policies)) return `${String(kind).replaceAll('-', ' ')}: ${policies.map(textOf).join('; ')}`;
  return [...(typeof kind === 'string' ? [kind.replaceAll('-', ' ')] : []), ...parts].join(', ');
}
