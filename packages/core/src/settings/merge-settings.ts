import { InvalidSettingsError, SettingsConflictError, type SettingsProblem } from '../errors/settings-errors.js';
import type { DefaultContext, FactoryOptions } from './options.js';
import { isObject, isPlain, lookAt, nameBehind, readable } from './readers.js';

/** Part of a factory's options, as shared between factories. */
export type PartialOptions<Context = DefaultContext> = Partial<FactoryOptions<Context>>;

/**
 * Both sets of settings as one new object; `errorMatchers` are joined circuit by circuit. A setting that is undefined
 * is not given.
 *
 * @throws {@link SettingsConflictError} naming each setting that both give
 * @throws {@link InvalidSettingsError} for settings, or `errorMatchers` that both give, that are no object
 */
export function mergeSettings<
  Context = DefaultContext,
  Base extends PartialOptions<Context> = PartialOptions<Context>,
  More extends PartialOptions<Context> = PartialOptions<Context>,
>(base: Base, more: More): Base & More {
  const conflicts: string[] = [];
  const merged = merge(base, more, '', conflicts);
  if (conflicts.length > 0) throw new SettingsConflictError(conflicts);
  return merged as Base & More;
}

/** Adds what both give to `conflicts`, by its name behind `prefix`. */
function merge(base: unknown, more: unknown, prefix: string, conflicts: string[]): object {
  const merged = new Map(definedEntries(base, prefix));
  for (const [name, value] of definedEntries(more, prefix)) {
    const given: unknown = merged.get(name);
    if (given === undefined) merged.set(name, value);
    else if (name === 'errorMatchers' && prefix === '')
      merged.set(name, merge(given, value, 'errorMatchers.', conflicts));
    else conflicts.push(prefix + name);
  }
  return Object.fromEntries(merged);
}

function definedEntries(settings: unknown, prefix: string): readonly [name: string, value: unknown][] {
  const name = nameBehind(prefix);
  const problems: SettingsProblem[] = [];
  // Options may be an instance with fields, as a factory takes them; matchers may not.
  const isRight = lookAt(name, problems, () => (prefix === '' ? isObject : isPlain)(settings));
  if (isRight === false) problems.push({ name, value: settings, expected: 'a plain object' });
  const entries = isRight === true ? Object.entries(readable(settings as object, prefix, problems)) : [];
  if (problems.length > 0) throw new InvalidSettingsError(problems);
  return entries.filter(([, value]) => value !== undefined);
}
