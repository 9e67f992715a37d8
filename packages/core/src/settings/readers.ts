import { isObject } from '../contract/check-record.js';
import type { SettingsProblem } from '../errors/settings-errors.js';
import { readOf, show } from '../errors/show.js';
import { parseDuration } from '../time/duration.js';
import { nearestName } from './nearest.js';

export { isObject };

/**
 * Reads what was given as `name` into what the library uses. A fault is added to `problems`, so that all are told at
 * once; what is answered beside one is undefined, and nobody sees it: settings with a problem are refused.
 */
export type Reader<Read> = (name: string, value: unknown, problems: SettingsProblem[]) => Read;

/** Readers by the names of what they read. */
export type Readers = Readonly<Record<string, Reader<unknown>>>;
/** What {@link Readers} make. */
export type ReadBy<Each extends Readers> = { readonly [Name in keyof Each]: ReturnType<Each[Name]> };

/** For what need not be given. */
export function optional<Read, const Default>(read: Reader<Read>, fallback: Default): Reader<Read | Default> {
  return (name, value, problems) => (value === undefined ? fallback : read(name, value, problems));
}

/** A finite duration, read in ms. @param bounds how `least` and `most` are told. */
export function duration(least: number, bounds = `${least} ms`, most: number = Number.MAX_VALUE): Reader<number> {
  return reader(`a duration from ${bounds} (ms, or a string like '30s')`, (value) => {
    const ms = parseDuration(value);
    return ms === null || ms < least || ms > most ? undefined : ms;
  });
}

/** A number that `isRight` takes; `expected` says which those are. */
export function number(expected: string, isRight: (value: number) => boolean): Reader<number> {
  return reader(expected, (value) => (typeof value === 'number' && isRight(value) ? value : undefined));
}

/** An integer from 1. */
export function integer(most: number = Infinity): Reader<number> {
  return number(
    `an integer from 1${most === Infinity ? '' : ` to ${most}`}`,
    (value) => Number.isSafeInteger(value) && value >= 1 && value <= most,
  );
}

/** A share that something has to reach: from 0 it would be reached always. */
export const rate: Reader<number> = number('a number above 0, at most 1', (value) => value > 0 && value <= 1);

/** One of these words. */
export function oneOf<Word extends string>(...words: readonly Word[]): Reader<Word> {
  return reader(words.map((word) => `'${word}'`).join(' or '), (value) => words.find((word) => word === value));
}

/** A string. */
export function text(): Reader<string> {
  return typed('string');
}

/** True or false. */
export function flag(): Reader<boolean> {
  return typed('boolean');
}

/** A function. */
export function callable<Callable>(): Reader<Callable> {
  return typed('function');
}

function typed<Read>(type: 'boolean' | 'function' | 'string'): Reader<Read> {
  return reader(`a ${type}`, (value) => (typeof value === type ? (value as Read) : undefined));
}

/** An object with these methods; told are those that are missing. */
export function objectWith<Methods>(...methods: readonly (keyof Methods & string)[]): Reader<Methods> {
  return (name, value, problems) => {
    const missing = methods.filter((method) => !isObject(value) || typeof value[method] !== 'function');
    if (missing.length > 0) problems.push({ name, value, expected: `an object with ${missing.join(', ')}` });
    return value as Methods;
  };
}

/** A copy of an object that {@link isPlain is plain}; an empty one stands in for another. */
export function plainObject(expected: string): Reader<Readonly<Record<string, unknown>>> {
  return (name, value, problems) => {
    const isRight = lookAt(name, problems, () => isPlain(value));
    if (isRight === true) return readable(value as object, `${name}.`, problems);
    if (isRight === false) problems.push({ name, value, expected });
    return {};
  };
}

/**
 * What `look` answers. Where it throws, for a getter does or a proxy was revoked, that is a fault of the setting: then
 * undefined.
 */
export function lookAt<Read>(name: string, problems: SettingsProblem[], look: () => Read): Read | undefined {
  try {
    return look();
  } catch (error) {
    const told = readOf(() => show((error as Error).message));
    problems.push({ name, value: undefined, expected: `a value that can be read, not one that throws ${told}` });
    return undefined;
  }
}

/**
 * What an object holds, as it can be read.
 *
 * @param more names that count also where its prototype has them
 */
export function readable(
  value: object,
  prefix: string,
  problems: SettingsProblem[],
  more: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const own = lookAt(nameBehind(prefix), problems, () => [
    ...Object.keys(value),
    ...more.filter((name) => !Object.hasOwn(value, name) && name in value),
  ]);
  return Object.fromEntries(
    (own ?? []).map((name) => [
      name,
      lookAt(prefix + name, problems, () => (value as Readonly<Record<string, unknown>>)[name]),
    ]),
  );
}

/** What is itself called whose parts are called with this prefix. */
export function nameBehind(prefix: string): string {
  return prefix.slice(0, -1) || 'options';
}

/** What `read` understands; it answers undefined for anything else. */
function reader<Read>(expected: string, read: (value: unknown) => Read | undefined): Reader<Read> {
  return (name, value, problems) => {
    const answer = read(value);
    if (answer === undefined) problems.push({ name, value, expected });
    return answer as Read;
  };
}

/** Reads an object's properties, each by its reader. A name without one is told: a typing error would silently be a default. */
export function readEach<Each extends Readers>(
  readers: Each,
  given: Readonly<Record<string, unknown>>,
  prefix: string,
  problems: SettingsProblem[],
): ReadBy<Each> {
  const known = Object.keys(readers);
  const held = readable(given, prefix, problems, known);
  for (const [name, value] of Object.entries(held)) {
    if (Object.hasOwn(readers, name)) continue;
    const nearest = nearestName(name, known);
    const expected = nearest === null ? 'no such setting' : `no such setting; did you mean ${nearest}?`;
    problems.push({ name: prefix + name, value, expected });
  }
  const read = Object.entries(readers).map(([name, each]) => [
    name,
    lookAt(prefix + name, problems, () => each(prefix + name, held[name], problems)),
  ]);
  return Object.fromEntries(read) as ReadBy<Each>;
}

/** Whether its entries are all that it holds: no array, no Map, no instance with getters. Of any realm. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
