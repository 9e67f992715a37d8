const longest = 64;

/**
 * Characters that a terminal or a log viewer acts on instead of showing them: C0, DEL and C1, line and paragraph
 * separators, and those that turn the direction of writing. A tenant's name must not be able to forge a log line.
 */
const controls = // eslint-disable-next-line no-control-regex -- they are what it is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const allControls: RegExp = new RegExp(controls, 'g');

/** The text with each control character as `\uXXXX`. Line feeds and tabs stay: a message of ours may have several lines. */
export function escapeControls(text: string): string {
  return controls.test(text) ? text.replace(allControls, escapeOne) : text;
}

/** Somebody else's text within a message of ours: on one line, whatever it holds. */
export function onOneLine(text: string): string {
  return escapeControls(text).replace(/[\n\t]/g, escapeOne);
}

/** A name as a message shows it: in quotes, on one line. */
export function quote(name: string): string {
  return escapeControls(JSON.stringify(name));
}

/** What is read of somebody else's error, which may throw when it is looked at. */
export function readOf<T>(read: () => T): T | string {
  try {
    return read();
  } catch {
    return 'an error that can not be read';
  }
}

/** Any value as a message shows it, cut where it is long. Never throws. */
export function show(value: unknown): string {
  try {
    if (typeof value === 'string') return quote(cut(value));
    if (typeof value === 'function') return 'a function';
    return onOneLine(typeof value === 'object' ? cut(JSON.stringify(value)) : cut(String(value)));
  } catch {
    // It holds itself, or has no JSON, or is a revoked proxy.
    return 'an object';
  }
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function escapeOne(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
