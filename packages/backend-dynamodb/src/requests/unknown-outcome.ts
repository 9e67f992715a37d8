/**
 * A write went out and nobody can say whether it happened. It is not one of the SDK's errors, so the SDK does not send
 * the write again. What failed is not its `cause`, for the SDK looks through causes for something to retry.
 */
export class UnknownOutcome extends Error {
  constructor() {
    super('The outcome of this write is not known.');
    this.name = 'UnknownOutcome';
  }
}

/** Failures to find or reach a host at all. */
const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/**
 * Whether a write may have happened that failed like this. A refusal by DynamoDB (a status from 400 to 499 with one of its
 * errors, throttling included) and a connection that never came about prove that it did not; a lost connection, a timeout,
 * a server's own error (500 and up) and whatever a proxy says prove nothing.
 */
export function mayHaveHappened(error: unknown): boolean {
  const { $metadata, $fault, name, message, code, syscall } = (error ?? {}) as {
    name?: unknown;
    message?: unknown;
    $fault?: unknown;
    $metadata?: { httpStatusCode?: number };
    code?: unknown;
    syscall?: unknown;
  };
  const status = $metadata?.httpStatusCode;
  const isDynamoDBs = $fault === 'client' && name !== 'Unknown';
  if (status !== undefined && status >= 400 && status < 500 && isDynamoDBs) return false;
  // The SDK's own time limit for connections, and for waiting for one, has no code.
  if (name === 'TimeoutError' && /did not establish a connection/.test(String(message))) return false;
  if (typeof code === 'string' && neverConnected.has(code)) return false;
  return syscall !== 'connect' && syscall !== 'getaddrinfo';
}
