/** A piece of a name: plain text, or one character that could not be seen, or would turn the text around it. */
export interface Piece {
  readonly text: string;
  readonly isEscape: boolean;
}

/**
 * What can't be seen as itself: controls, the marks that change a text's direction, fillers without a width, lone halves of a
 * pair, private characters. A name that holds them must not look like another one.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u00ad\u115f\u1160\u2800\u3164\uffa0]|\u034f|[^\S ]| (?= |$)|^ /gu;

/** Joins emoji and letters, and is seen by that. */
const joiners = /\p{Extended_Pictographic}\ufe0f?$/u;

export function piecesOf(name: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of name.matchAll(unseen)) {
    const [character] = match;
    if (character === '\u200d' && joiners.test(name.slice(0, match.index))) continue;
    if (match.index > from) pieces.push({ text: name.slice(from, match.index), isEscape: false });
    pieces.push({ text: escapeOf(character), isEscape: true });
    from = match.index + character.length;
  }
  if (from < name.length) pieces.push({ text: name.slice(from), isEscape: false });
  return pieces;
}

/** As one text, for a title or a sentence. */
export function visibleOf(name: string): string {
  return piecesOf(name)
    .map(({ text }) => text)
    .join('');
}

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', ' ': '␣' };

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return short[character] ?? `\\u{${code.toString(16)}}`;
}
