import type { CircuitView } from '../circuits/view.js';

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** A span of ms in at most two units: `45s`, `3m 20s`, `2d 4h`. */
export function spanOf(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.ceil(ms))}ms`;
  const first = units.findIndex(([, length]) => ms >= length);
  const [unit, length] = units[first] as (typeof units)[number];
  const whole = Math.floor(ms / length);
  const [nextUnit, nextLength] = units[first + 1] ?? ['s', 1_000];
  const rest = Math.floor((ms - whole * length) / nextLength);
  return rest === 0 ? `${whole}${unit}` : `${whole}${unit} ${rest}${nextUnit}`;
}

/** When the state began, as one reads it: `3m 20s ago`. */
export function sinceWords({ since }: CircuitView, now: number): string {
  return since === null ? 'always' : `${spanOf(now - since)} ago`;
}

/** When the circuit lets calls in again, or its override ends; '' where nothing is waited for. */
export function againWords({ state, endsAt }: CircuitView, now: number): string {
  if (state === 'closed') return '';
  if (state === 'half-open') return 'now: trials';
  if (endsAt === null) return 'when released';
  return spanOf(endsAt - now);
}

/** The override in one cell: why, who, until when; '' without one. */
export function overrideWords({ override }: CircuitView, now: number): string {
  if (override === null) return '';
  const until = override.until === null ? 'until released' : `for ${spanOf(override.until - now)} more`;
  const by = override.by === null ? 'by nobody named' : `by ${override.by}`;
  return [override.reason ?? 'no reason given', by, until].join(', ');
}
