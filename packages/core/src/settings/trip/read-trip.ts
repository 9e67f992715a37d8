import type { SettingsProblem } from '../../errors/settings-errors.js';
import { isObject, readable } from '../readers.js';
import { consecutiveFailuresRule } from './kinds/consecutive-failures.js';
import * as allKinds from './kinds.js';
import { ownFunction } from './own-function.js';
import { unbound, type ParsedTrip, type TripFunction } from './trip-kind.js';

const kinds = Object.values(allKinds);
const names = kinds.map(({ kind }) => kind.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())).sort();
const expected = `a trip rule (${names.join(', ')}) or a function`;

/** Reads `trip`. */
export function readTrip(name: string, value: unknown, problems: SettingsProblem[]): ParsedTrip<unknown> {
  if (typeof value === 'function') return ownFunction(value as TripFunction, [], (counts) => counts.information());
  const { kind, ...given } = isObject(value) ? readable(value, `${name}.`, problems) : {};
  const known = kinds.find((each) => each.kind === kind);
  if (known !== undefined) return known.read(given, name, problems, readTrip);
  const [wrong, found] = isObject(value) ? [`${name}.kind`, kind] : [name, value];
  problems.push({ name: wrong, value: found, expected });
  // Stands in for a rule that is wrong: the settings are refused anyway.
  return unbound(consecutiveFailuresRule(1));
}
