/** Something the user gave that can't be used. The message says what is wrong and is all that is shown; exit code 2. */
export class BadInput extends Error {
  /** @override */
  name = 'BadInput';
}

/**
 * One line per fault, each with the place where it is.
 *
 * @param {readonly { readonly path: readonly PropertyKey[], readonly message: string }[]} issues of zod
 * @returns {string[]}
 */
export function describeIssues(issues) {
  return issues.map(({ path, message }) => (path.length === 0 ? message : `${describePath(path)}: ${message}`));
}

/** @param {readonly PropertyKey[]} path */
function describePath(path) {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      return index === 0 ? String(step) : `.${String(step)}`;
    })
    .join('');
}
