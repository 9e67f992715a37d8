import { z } from 'zod';

const unitLength = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

/** A span of time, in ms of the story: 1500, "1.5s", "2m". */
export const duration = z.union([z.number(), z.string()]).transform((value, context) => {
  const ms = typeof value === 'number' ? value : toMilliseconds(value);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  context.issues.push({
    code: 'custom',
    input: value,
    message: `must be a duration like "1.5s", "2m" or 1500 (ms), not ${JSON.stringify(value)}`,
  });
  return z.NEVER;
});

/** @param {string} text */
function toMilliseconds(text) {
  const match = pattern.exec(text);
  if (match === null) return NaN;
  return Number(match[1]) * unitLength[/** @type {keyof typeof unitLength} */ (match[2])];
}
