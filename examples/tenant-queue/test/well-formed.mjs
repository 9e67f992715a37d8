/**
 * What keeps a page from being well-formed XML: a tag that is not closed where it must be, a bare & or <, an attribute
 * without quotes. Null: nothing.
 *
 * @param {string} page
 * @returns {string | null}
 */
export function whyNotWellFormed(page) {
  const open = /** @type {string[]} */ ([]);
  const rest = page
    .replace(/^<!DOCTYPE html>\n/, '')
    .replace(
      /<(\/?)([a-zA-Z0-9]+)((?:\s+[a-zA-Z][a-zA-Z0-9:-]*="[^"<]*")*)\s*(\/?)>/g,
      (tag, end, name, _attributes, selfClosing) => {
        if (end === '/') {
          const expected = open.pop();
          return expected === name ? '' : `<${tag} closes ${expected}`;
        }
        if (selfClosing === '') open.push(name);
        return '';
      },
    );
  if (open.length > 0) return `not closed: ${open.join(', ')}`;
  const wrong = /<.{0,40}|&(?!(amp|lt|gt|quot);).{0,40}/s.exec(rest);
  return wrong === null ? null : wrong[0];
}
