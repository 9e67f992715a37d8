import { InvalidSettingsError, type SettingsProblem } from '../errors/settings-errors.js';
import { parseDuration } from '../time/duration.js';

/** Collects faults while settings are read, so that all are told at once. Each reader answers its fallback at a fault. */
export class Problems {
  readonly #problems: SettingsProblem[] = [];

  add(name: string, value: unknown, expected: string): void {
    this.#problems.push({ name, value, expected });
  }

  /** @throws InvalidSettingsError if any were found */
  throwIfAny(): void {
    if (this.#problems.length > 0) throw new InvalidSettingsError(this.#problems);
  }

  /** Tells of each name that is none of `known`: a typing error would silently be a default. */
  unknownNames(prefix: string, value: object, known: readonly string[]): void {
    for (const [name, given] of Object.entries(value)) {
      if (!known.includes(name)) this.add(`${prefix}${name}`, given, 'no such setting');
    }
  }

  /** A duration in ms, finite. */
  duration(name: string, value: unknown, fallback: number, least: number, atLeast: string = `${least} ms`): number {
    if (value === undefined) return fallback;
    const ms = parseDuration(value);
    if (ms !== null && ms >= least && Number.isFinite(ms)) return ms;
    this.add(name, value, `a duration from ${atLeast} (ms, or a string like '30s')`);
    return fallback;
  }

  integer(name: string, value: unknown, fallback: number, least = 1, most: number = Number.MAX_SAFE_INTEGER): number {
    if (value === undefined) return fallback;
    if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
    this.add(
      name,
      value,
      most === Number.MAX_SAFE_INTEGER ? `an integer from ${least}` : `an integer from ${least} to ${most}`,
    );
    return fallback;
  }

  /** A number above 0 (or from 0, with `inclusive`) and at most 1. */
  share(name: string, value: unknown, fallback: number, inclusive: boolean): number {
    if (value === undefined) return fallback;
    if (typeof value === 'number' && value <= 1 && (inclusive ? value >= 0 : value > 0)) return value;
    this.add(name, value, inclusive ? 'a number from 0 to 1' : 'a number above 0, at most 1');
    return fallback;
  }

  oneOf<T extends string>(name: string, value: unknown, fallback: T, allowed: readonly T[]): T {
    if (value === undefined) return fallback;
    if (allowed.includes(value as T)) return value as T;
    this.add(name, value, allowed.map((each) => `'${each}'`).join(' or '));
    return fallback;
  }

  /** A function, or undefined. */
  optionalFunction<T>(name: string, value: T | undefined): T | undefined {
    if (value === undefined || typeof value === 'function') return value;
    this.add(name, value, 'a function');
    return undefined;
  }

  /** An object that has these methods. */
  object<T extends object>(name: string, value: unknown, fallback: T, methods: readonly string[]): T {
    if (value === undefined) return fallback;
    const has = (method: string): boolean => typeof (value as Record<string, unknown>)[method] === 'function';
    if (typeof value === 'object' && value !== null && methods.every(has)) return value as T;
    this.add(name, value, `an object with ${methods.join(', ')}`);
    return fallback;
  }
}
