/** Whether a value is a promise of any kind: of another realm, or of a library's own. May throw what a getter throws. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  return typeof (value as { then?: unknown }).then === 'function';
}

/** Hears a promise of which nothing is wanted: its rejection must not end the process. Never throws. */
export function unwanted(answer: unknown): void {
  try {
    if (isThenable(answer)) answer.then(undefined, () => {});
  } catch {
    // Nothing was wanted of it.
  }
}
