/** The longest that a record keeps of a failure, bytes of UTF-8. */
const longestFailure = 256;

/** The text as a record may keep it: cut between characters, a half of a surrogate pair replaced. */
export function shortened(text: string): string {
  const whole = text.toWellFormed();
  // A UTF-16 unit is at most 3 bytes of UTF-8.
  if (whole.length * 3 <= longestFailure) return whole;
  let bytes = 0;
  let kept = '';
  for (const character of whole) {
    bytes += bytesOf(character.codePointAt(0) as number);
    if (bytes > longestFailure) break;
    kept += character;
  }
  return kept;
}

function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
