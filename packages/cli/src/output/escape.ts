/**
 * Characters that would steer a terminal, hide, or turn the text around: controls, line and paragraph separators, bidirectional
 * and other marks without a width, fillers, spaces that look like the usual one, private characters, halves of surrogate pairs.
 */
const steering = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]|\u034f|[^\S ]/gu;

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

/** As JSON has it: a character beyond U+FFFF is two escapes. */
function unicodeEscape(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
