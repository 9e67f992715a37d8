import { SettingsConflictError } from '../errors/settings-errors.js';
import type { DefaultContext, FactoryOptions } from './options.js';

/** Part of a factory's options, as shared between factories. */
export type PartialOptions<Context = DefaultContext> = Partial<FactoryOptions<Context>>;

/**
 * Both sets of settings as one new object; `errorMatchers` are joined circuit by circuit. A setting that is undefined
 * is not given.
 *
 * @throws {@link SettingsConflictError} naming each setting that both give
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
function merge(base: object, more: object, prefix: string, conflicts: string[]): object {
  const merged = new Map(definedEntries(base));
  for (const [name, value] of definedEntries(more)) {
    const given: unknown = merged.get(name);
    if (given === undefined) merged.set(name, value);
    else if (name === 'errorMatchers' && prefix === '')
      merged.set(name, merge(given as object, value as object, 'errorMatchers.', conflicts));
    else conflicts.push(prefix + name);
  }
  return Object.fromEntries(merged);
}

function definedEntries(settings: object): readonly [name: string, value: unknown][] {
  return Object.entries(settings).filter(([, value]) => value !== undefined);
}
