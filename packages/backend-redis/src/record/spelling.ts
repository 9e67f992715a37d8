/**
 * How names are spelt in a record's text.
 *
 * A space, `|` and `=` divide the text, so none of them may stand in a name: they are written `%20`, `%7C` and `%3D`, and
 * `%` itself is `%25`. The empty name is a lone `%`. The counters that nearly every circuit has are written shorter; a name
 * that happens to look like such a short one has its first character escaped.
 */
export function spell(name: string): string {
  const short = shortForms.get(name);
  if (short !== undefined) return short;
  if (name === '') return '%';
  if (longForms.has(name)) return percent(name.charAt(0)) + name.slice(1);
  return divider.test(name) ? name.replace(dividers, percent) : name;
}

/** What {@link spell} was given; null for what it never writes. */
export function unspell(text: string): string | null {
  const long = longForms.get(text);
  if (long !== undefined) return long;
  if (!text.includes('%')) return text;
  if (text === '%') return '';
  if (/%(?![0-9A-F]{2})/.test(text)) return null;
  return text.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** What an entry of the counter begins with: its name as it stands in the text. */
export function entryOf(counter: string): string {
  return entries.get(counter) ?? `|${spell(counter)}=`;
}

/** Core gives counters whole words. A record is stored once per tenant, so these would be most of it. */
const shortForms: ReadonlyMap<string, string> = new Map([
  ['consecutive.failures', 'cf'],
  ['consecutive.successes', 'cs'],
  ['total.failures', 'f'],
  ['total.successes', 's'],
  ['total.ignored', 'i'],
  ['total.slow', 'slow'],
  ['trials.started', 'ts'],
  ['trials.limit', 'tl'],
  ['trials.deadline', 'td'],
  ['trials.succeeded', 'tg'],
  ['trials.failed', 'tf'],
]);
const longForms: ReadonlyMap<string, string> = new Map([...shortForms].map(([long, short]) => [short, long]));
const entries: ReadonlyMap<string, string> = new Map([...shortForms].map(([long, short]) => [long, `|${short}=`]));

/** Control characters too: a person reads this, and a message ends at a line's end. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const divider = /[\u0000-\u0020%|=\u007f]/;
const dividers = new RegExp(divider, 'g');

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
