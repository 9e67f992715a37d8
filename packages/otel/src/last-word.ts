/** An observation that can be ended. */
export interface Observation<Result> {
  readonly callback: (result: Result) => void;
  readonly end: () => void;
}

/**
 * Observes until it is ended. An SDK goes on exporting what it was last told, so one that was asked before is asked once more
 * after the end, and is only then let go.
 *
 * @param observe tells the values; after the end those that say that nobody knows them any more
 * @param remove lets the callback go
 */
export function observation<Result>(
  observe: (result: Result, isOver: boolean) => void,
  remove: (callback: (result: Result) => void) => void,
): Observation<Result> {
  let wasAsked = false;
  let isOver = false;
  const callback = (result: Result): void => {
    wasAsked = true;
    observe(result, isOver);
    // Later, for the SDK is going through its callbacks.
    if (isOver) queueMicrotask(() => remove(callback));
  };
  return {
    callback,
    end: () => {
      isOver = true;
      if (!wasAsked) remove(callback);
    },
  };
}
