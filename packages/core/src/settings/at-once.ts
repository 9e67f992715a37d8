/**
 * What user code answered, which must be there at once. A promise is refused, and its rejection heard: otherwise nobody
 * would, and the process would end.
 */
export function atOnce<Answer>(answer: Answer): Answer {
  if (!(answer instanceof Promise)) return answer;
  answer.catch(() => {});
  throw new TypeError('it answered a promise, where the answer must be there at once');
}
