/** A Retry-After header in ms: seconds, or an HTTP date against `now`; null where it is none. */
export function retryAfterOf(text: string | null, now: number = 0): number | null {
  if (text === null) return null;
  if (/^\s*\d+\s*$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
