/** Errors by which work tells BullMQ that the job is elsewhere already. They say nothing about the dependency. */
const handBacks = new Set(['DelayedError', 'RateLimitError', 'WaitingChildrenError', 'WaitingError']);

/**
 * Whether an error is one of BullMQ's own ways of handing a job back: DelayedError, RateLimitError, WaitingChildrenError,
 * WaitingError. For an `errorMatcher` of your own: answer `'ignored'` for these.
 */
export function isHandedBack(error: unknown): boolean {
  // By its name, as BullMQ itself: there may be two copies of it, and a sandbox hands on only what is written down.
  return handBacks.has(nameOf(error));
}

export function isUnrecoverable(error: unknown): boolean {
  return nameOf(error) === 'UnrecoverableError';
}

function nameOf(error: unknown): string {
  return String((error as { name?: unknown } | null | undefined)?.name);
}
