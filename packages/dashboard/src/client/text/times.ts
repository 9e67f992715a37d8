/** Times as the reader reads them: in their own zone and by their own habits. */

const clockTime = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const shortTime = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayAndTime = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The reader's zone, `'Europe/Berlin'`. */
export const zone: string = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** With the day where it is not today's. */
export function timeOf(at: number, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return isToday ? shortTime.format(at) : dayAndTime.format(at);
}

export function preciseTimeOf(at: number): string {
  return clockTime.format(at);
}

export function wholeTimeOf(at: number): string {
  return whole.format(at);
}

/** `'48 s'`, `'12 min'`, `'3 h 5 min'`, `'2 d 4 h'`. */
export function lengthOf(ms: number): string {
  const rounded = Math.max(0, Math.ceil(ms / second)) * second;
  if (ms > 0 && ms < second) return 'under 1 s';
  if (rounded < 2 * minute) return `${rounded / second} s`;
  if (rounded < hour) return `${Math.round(rounded / minute)} min`;
  if (rounded < day) return joined(rounded, hour, 'h', minute, 'min');
  return joined(rounded, day, 'd', hour, 'h');
}

export function agoOf(at: number, now: number): string {
  const ms = now - at;
  return ms < 5 * second ? 'just now' : `${lengthOf(Math.floor(ms / second) * second)} ago`;
}

function joined(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const whole = Math.floor(ms / large);
  const rest = Math.floor((ms - whole * large) / small);
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`;
}
