/** How deep a chain of causes is looked through; a chain may be a circle. */
const deepestCause = 16;

/**
 * Whether an error, or one that it names as its cause, is what `test` looks for. Never throws: an error that throws when it
 * is looked at is not.
 */
export function someCause(error: unknown, test: (each: object) => boolean): boolean {
  let each = error;
  try {
    for (let depth = 0; depth < deepestCause && typeof each === 'object' && each !== null; depth += 1) {
      if (test(each)) return true;
      each = (each as { readonly cause?: unknown }).cause;
    }
  } catch {
    // It is not what anybody looks for.
  }
  return false;
}
