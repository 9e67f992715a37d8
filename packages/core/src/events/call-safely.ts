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

/** Calls user code that nobody waits for; hears of what it throws, now or later. */
export function callSafely<T>(
  callback: (argument: T) => unknown,
  argument: T,
  onFault: (error: unknown) => void,
): void {
  try {
    const answer = callback(argument);
    // An async listener's rejection must not end the process.
    if (isThenable(answer)) answer.then(undefined, onFault);
  } catch (error) {
    onFault(error);
  }
}

/**
 * What user code answered, which must be there at once. A promise is refused, and its rejection heard: otherwise nobody
 * would, and the process would end.
 */
export function atOnce<Answer>(answer: Answer): Answer {
  if (!isThenable(answer)) return answer;
  answer.then(undefined, () => {});
  throw new TypeError('it answered a promise, where the answer must be there at once');
}
