import { show } from '../errors/show.js';
import { InvalidNameError } from '../errors/storage-errors.js';

/**
 * One circuit name out of several parts: `circuitName('send-mail', 'acme')` is `'send-mail/acme'`.
 *
 * Parts are escaped (`%` as `%25`, `/` as `%2F`; an empty part as `%00`), so two different lists of parts never give one
 * name: a tenant can't choose an id that is another's circuit. A number counts as its text.
 *
 * @throws {@link InvalidNameError} without parts, or for a part that is neither a string nor a finite number: an
 *   undefined tenant must not become the circuit of all undefined tenants.
 */
export function circuitName(...parts: readonly (string | number)[]): string {
  if (parts.length === 0) throw new InvalidNameError('circuitName needs at least one part.');
  let name = escapePart(parts[0], 0);
  for (let index = 1; index < parts.length; index += 1) name += `/${escapePart(parts[index], index)}`;
  return name;
}

const escaped = /[%/]/;

function escapePart(part: unknown, index: number): string {
  if (typeof part !== 'string' && !Number.isFinite(part)) {
    throw new InvalidNameError(`circuitName takes strings and numbers; its part ${index + 1} is ${show(part)}.`);
  }
  // A raw %00 can't come out of the escapes below: they turn each % of a part into %25.
  if (part === '') return '%00';
  const text = String(part);
  return escaped.test(text) ? text.replace(/[%/]/g, (character) => encodeURIComponent(character)) : text;
}

/**
 * The parts that `circuitName` made a name of: its inverse, `circuitName(...circuitParts(name)) === name`. Parts come as
 * text, also where a number was given. A name that `circuitName` did not make is taken apart at each `/` all the same.
 *
 * @throws {@link InvalidNameError} for what is no string, or holds an escape that there is not
 */
export function circuitParts(name: string): string[] {
  if (typeof name !== 'string') throw new InvalidNameError(`circuitParts takes a circuit's name, not ${show(name)}.`);
  return name.split('/').map((part) => (part === '%00' ? '' : unescapePart(part, name)));
}

function unescapePart(part: string, name: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    throw new InvalidNameError(
      `circuitParts can't read ${show(name)}: ${show(part)} holds an escape that there is not.`,
      {
        cause: error,
      },
    );
  }
}
