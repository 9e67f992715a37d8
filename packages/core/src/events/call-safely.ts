import { isThenable } from '../time/thenable.js';

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
