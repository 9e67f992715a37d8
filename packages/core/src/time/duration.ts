/** A span of time: milliseconds, or a whole or decimal number with a unit. */
export type Duration = number | `${number}${DurationUnit}`;

/** ms, seconds, minutes, hours, days. */
export type DurationUnit = 'ms' | 's' | 'm' | 'h' | 'd';

const unitLength: Readonly<Record<DurationUnit, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/**
 * A duration in milliseconds, rounded to whole ones; null for what is none: a negative or broken number, another unit, another type.
 * Infinity is a number like any other here; who can't use it says so.
 */
export function parseDuration(value: unknown): number | null {
  if (typeof value === 'number') return value >= 0 ? Math.round(value) : null;
  if (typeof value !== 'string') return null;
  const match = pattern.exec(value);
  if (match === null) return null;
  return Math.round(Number(match[1]) * unitLength[match[2] as DurationUnit]);
}

/** A number of ms as a person reads it, in the largest unit that keeps two digits: `'90 s'`, `'15 min'`. */
export function describeDuration(ms: number): string {
  if (ms < 10_000) return `${Math.ceil(ms)} ms`;
  if (ms < 600_000) return `${Math.ceil(ms / 1_000)} s`;
  if (ms < 36_000_000) return `${Math.ceil(ms / 60_000)} min`;
  return `${Math.ceil(ms / 3_600_000)} h`;
}
