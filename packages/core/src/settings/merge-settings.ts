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
  const given = definedEntries(base);
  const added = definedEntries(more);
  const conflicts = [...added.keys()].filter((name) => name !== 'errorMatchers' && given.has(name));
  const matchers = definedEntries(base.errorMatchers ?? {});
  const moreMatchers = definedEntries(more.errorMatchers ?? {});
  for (const circuit of moreMatchers.keys()) if (matchers.has(circuit)) conflicts.push(`errorMatchers.${circuit}`);
  if (conflicts.length > 0) throw new SettingsConflictError(conflicts);
  const merged = new Map([...given, ...added]);
  if (matchers.size + moreMatchers.size > 0)
    merged.set('errorMatchers', Object.fromEntries([...matchers, ...moreMatchers]));
  return Object.fromEntries(merged) as Base & More;
}

function definedEntries(settings: object): Map<string, unknown> {
  return new Map(Object.entries(settings).filter(([, value]) => value !== undefined));
}
