import { InvalidNameError } from '../errors/storage-errors.js';

/** The longest circuit name, in UTF-8 bytes (clause N1). DynamoDB's keys end at 2,048 and 1,024 leaves room for prefixes. */
export const longestName = 1_024;

/**
 * Refuses a name that no backend may take: not a string, empty, over 1,024 UTF-8 bytes, or with half a surrogate pair,
 * which has no UTF-8 form, so that two different names would meet (clause N3).
 *
 * Every backend calls it before it sends anything.
 *
 * @throws {@link InvalidNameError}
 */
export function assertName(name: unknown): asserts name is string {
  if (typeof name !== 'string') {
    throw new InvalidNameError(`A circuit's name must be a string; this one is of type ${typeof name}.`);
  }
  if (name === '') throw new InvalidNameError("A circuit's name must not be empty.");
  // A UTF-16 unit is at most 3 bytes of UTF-8: short names, which almost all are, need no counting.
  if (name.length * 3 > longestName && utf8Length(name) > longestName) {
    throw new InvalidNameError(
      `A circuit's name must have at most ${longestName} UTF-8 bytes; this one has ${utf8Length(name)}: ${preview(name)}.`,
    );
  }
  if (!name.isWellFormed()) {
    throw new InvalidNameError(
      `A circuit's name must be well-formed Unicode; this one holds half a surrogate pair: ${preview(name)}.`,
    );
  }
}

/** How many bytes `text` takes in UTF-8. */
function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && index + 1 < text.length) {
      bytes += 4;
      index += 1;
    } else bytes += 3;
  }
  return bytes;
}

function preview(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
}
