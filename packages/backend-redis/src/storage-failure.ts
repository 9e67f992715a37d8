import { CircuitryError, CorruptRecordError, isCircuitryError, StorageError } from '@circuitry/core';

/** What was being done when it failed. */
export interface Attempt {
  /** As in "could not … circuit X": `'read'`, `'apply to'`, … */
  readonly verb: string;
  /** The circuit's name; undefined where the call concerns no single one. */
  readonly name?: string;
  /** Whether it may have changed something on the server. */
  readonly writes: boolean;
}

/** Turns whatever ioredis or the server threw at a command that was handed to the client into this library's error. */
export function storageFailure(error: unknown, attempt: Attempt): CircuitryError {
  if (isCircuitryError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (attempt.name !== undefined && message.includes('WRONGTYPE')) {
    return new CorruptRecordError(attempt.name, 'record', 'is a Redis value of another type, not a hash', {
      cause: error,
    });
  }
  const answered = isServerReply(error);
  return new StorageError(`Could not ${describe(attempt)}: ${message}. ${advice(message, answered)}`, {
    cause: error,
    // An error reply proves that the script did nothing: all of it checks before its first write.
    ambiguous: attempt.writes && !answered && !neverSent(message),
    retriable: !isPermanent(message),
  });
}

/** The call's time was over before the server answered. */
export function outOfTime(reason: unknown, attempt: Attempt): StorageError {
  return new StorageError(`Could not ${describe(attempt)}: the call was aborted before the server answered. ${later}`, {
    cause: reason,
    ambiguous: attempt.writes,
  });
}

/** The servers answered, or would have, but not before a lock of that length was over. */
export function tooLate(attempt: Attempt, lease: number): StorageError {
  const what = `a lease of ${lease} ms was over each time before the lock came`;
  return new StorageError(`Could not ${describe(attempt)}: ${what}. Ask for a longer one, or when Redis is faster.`);
}

/** There is no connection, and nothing was sent. */
export function notConnected(error: Error, attempt: Attempt, retriable: boolean): StorageError {
  const { message } = error;
  const what = retriable
    ? `there is no connection to Redis (${message}). ${later}`
    : `${message}. Make a new client and a new backend.`;
  return new StorageError(`Could not ${describe(attempt)}: ${what}`, { cause: error, retriable });
}

const later = 'The same call may succeed once the server answers again.';

function describe({ verb, name }: Attempt): string {
  return name === undefined ? verb : `${verb} circuit ${JSON.stringify(name)}`;
}

/** Whether the server itself answered, with an error. */
function isServerReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/** ioredis says this of a command that it refused to queue. */
function neverSent(message: string): boolean {
  return message.startsWith("Stream isn't writeable");
}

function isPermanent(message: string): boolean {
  return /^(?:NOPERM|NOAUTH|WRONGPASS|NOPROTO)|unknown command/.test(message);
}

function advice(message: string, answered: boolean): string {
  if (message.includes('OOM'))
    return "The server is at its maxmemory: give it more, or let it evict keys that aren't circuits.";
  if (message.startsWith('READONLY'))
    return 'The server is a replica: connect to the primary, or wait until the failover is over.';
  if (message.startsWith('NOPERM'))
    return 'The Redis user lacks a right: the ACL line in docs/redis.md has all that are needed.';
  if (message.startsWith('BUSY'))
    return 'Another script keeps the server busy: wait for it, or end it with SCRIPT KILL.';
  return answered && isPermanent(message) ? 'Trying again will not help.' : later;
}
