/**
 * What the SDK failed with, as it is kept in a cause: without the HTTP answer. From the answer the request can be reached,
 * with all that it was sent with, a session's token among it, and some loggers print an error to any depth. Class, name,
 * message, stack and `$metadata` stay.
 */
export function withoutAnswer(failure: unknown): unknown {
  if (typeof failure !== 'object' || failure === null || !('$response' in failure)) return failure;
  const { message, stack, cause } = failure as Partial<Error>;
  const kept = new Error(message, cause === undefined ? {} : { cause: withoutAnswer(cause) });
  const others = Object.entries(failure).filter(([key]) => key !== '$response');
  Object.setPrototypeOf(kept, Object.getPrototypeOf(failure) as object);
  return Object.assign(kept, Object.fromEntries(others), { stack });
}
