import { InvalidArgumentError } from 'commander';

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration of the command line, in ms: `500ms`, `30s`, `5m`, `12h`, `7d`. */
export function readDuration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const ms = Number(number) * (units[unit as keyof typeof units] ?? NaN);
  if (!(ms >= 1)) throw new InvalidArgumentError('A duration is a number with a unit: 500ms, 30s, 5m, 12h or 7d.');
  return Math.round(ms);
}

/** A whole number from 1. */
export function readCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return count;
}

/** A TCP port; 0: any that is free. */
export function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a port, 0 to 65535.');
  return port;
}

/** Words for whoever looks later: something has to be said, or the option left away. */
export function readWords(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must say something.');
  return text;
}
