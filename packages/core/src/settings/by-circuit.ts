import type { SettingsProblem } from '../errors/settings-errors.js';
import { nearestName } from './nearest.js';
import { circuitOptionNames } from './options.js';
import { plainObject } from './readers.js';

const names: readonly string[] = circuitOptionNames;

/** One circuit's whole options. */
export interface ByCircuit {
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether it has a `mode` of its own. */
  readonly isModeOwn: boolean;
}

type Options = Readonly<Record<string, unknown>>;

/** The factory's options, with what `circuits` says of each circuit over them. */
export function readByCircuit(given: Options, circuits: Options, problems: SettingsProblem[]): [string, ByCircuit][] {
  return Object.entries(circuits).map(([circuit, own]) => {
    const prefix = `circuits.${circuit}`;
    const wanted = plainObject('a plain object with options of this circuit')(prefix, own, problems);
    for (const [name, value] of Object.entries(wanted)) {
      if (names.includes(name)) continue;
      const nearest = nearestName(name, names);
      const what = Object.hasOwn(given, name) ? 'nothing: only the whole factory has it' : 'no such setting';
      const expected = nearest === null ? what : `${what}; did you mean ${nearest}?`;
      problems.push({ name: `${prefix}.${name}`, value, expected });
    }
    return [circuit, { options: over(given, wanted), isModeOwn: wanted.mode !== undefined }];
  });
}

function over(given: Options, wanted: Options): Options {
  const known = Object.entries(wanted).filter(([name, value]) => value !== undefined && names.includes(name));
  const merged: Record<string, unknown> = { ...given, ...Object.fromEntries(known), circuits: undefined };
  // Two ways of saying when a circuit trips: the circuit's own takes the place of both.
  if (wanted.trip !== undefined && wanted.failureCountThreshold === undefined) delete merged.failureCountThreshold;
  if (wanted.failureCountThreshold !== undefined && wanted.trip === undefined) delete merged.trip;
  return merged;
}
