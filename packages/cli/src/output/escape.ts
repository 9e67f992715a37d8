/**
 * Characters that would steer a terminal, hide, or turn the text around: controls of both sets, line and paragraph
 * separators, bidirectional marks, zero-width characters, and halves of surrogate pairs.
 */
const steering =
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text of a stranger's, as it may stand on a terminal: a backslash is doubled, what steers is written `\n` or `\u009b`. */
export function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replace(steering, (character) => short[character] ?? unicodeEscape(character));
}

/** One line of JSON. It reads back as the same value, and holds nothing that steers a terminal. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(steering, unicodeEscape)}\n`;
}

/** A message of an error that may be a stranger's: line breaks stay, nothing else that steers. */
export function escapeMessage(text: string): string {
  return text.replace(steering, (character) => (character === '\n' ? '\n' : unicodeEscape(character)));
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
