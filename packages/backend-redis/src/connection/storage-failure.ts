import { CircuitryError, CorruptRecordError, isCircuitryError, StorageError } from '@circuitry/core';
import { faultOf } from './without-secrets.js';

/** What was being done when it failed. */
export interface Attempt {
  /** As in "could not … circuit X": `'read'`, `'apply to'`, … */
  readonly verb: string;
  /** The circuit's name; undefined where the call concerns no single one. */
  readonly name?: string;
  /** Whether it may have changed something on the server. */
  readonly writes: boolean;
}

/**
 * Turns whatever a connection or the server threw at a command into this library's error.
 *
 * @param isCluster whether it came from one of a Cluster's servers: then it says nothing of the others
 */
export function storageFailure(error: unknown, attempt: Attempt, isCluster = false): CircuitryError {
  if (isCircuitryError(error)) return error;
  const cause = faultOf(error, 'lost');
  const { kind, message } = cause;
  if (attempt.name !== undefined && message.includes('WRONGTYPE')) {
    return new CorruptRecordError(attempt.name, 'record', 'is a Redis value of another type, not a string', { cause });
  }
  return new StorageError(`Could not ${describe(attempt)}: ${sentence(message)} ${advice(message)}`, {
    cause,
    // An error reply proves that the script did nothing: all of it checks before its first write.
    ambiguous: attempt.writes && kind === 'lost',
    retriable: !isPermanent(message),
    ...(!isCluster && isOfServer(message) ? storeWide : {}),
  });
}

/** The call's time was over before the server answered. */
export function outOfTime(reason: unknown, attempt: Attempt): StorageError {
  return new StorageError(`Could not ${describe(attempt)}: the call was aborted before the server answered. ${later}`, {
    cause: reason,
    ambiguous: attempt.writes,
  });
}

/** A call without a signal was given up. */
export function noAnswer(attempt: Attempt, ms: number): StorageError {
  return new StorageError(`Could not ${describe(attempt)}: no answer came within ${ms} ms. ${later}`, {
    ambiguous: attempt.writes,
  });
}

/** The servers answered, or would have, but not before most of a lock of that length was over. */
export function tooLate(attempt: Attempt, lease: number): StorageError {
  const what = `less than a third of a lease of ${lease} ms was left each time the lock came`;
  return new StorageError(`Could not ${describe(attempt)}: ${what}. Ask for a longer one, or when Redis is faster.`);
}

/** There is no connection, and nothing was sent. @param isCluster as in {@link storageFailure} */
export function notConnected(error: unknown, attempt: Attempt, isCluster: boolean): StorageError {
  const cause = faultOf(error, 'unsent');
  const { message } = cause;
  return new StorageError(
    `Could not ${describe(attempt)}: there is no connection to Redis (${message}). ${advice(message)}`,
    { cause, retriable: !isPermanent(message), ...(isCluster ? {} : storeWide) },
  );
}

const storeWide = { scope: 'store' } as const;

/** What a lone server answers to every circuit alike. A missing right may be one to some keys only. */
function isOfServer(message: string): boolean {
  return /\b(?:OOM|READONLY|NOAUTH|WRONGPASS|LOADING|MASTERDOWN|NOREPLICAS)\b|invalid password/.test(message);
}

const later = 'The same call may succeed once the server answers again.';

function describe({ verb, name }: Attempt): string {
  return name === undefined ? verb : `${verb} circuit ${JSON.stringify(name)}`;
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

/** What nobody but a person mends. */
function isPermanent(message: string): boolean {
  return (
    missingRight.test(message) || /\b(?:NOAUTH|WRONGPASS|NOPROTO)\b|invalid password|unknown command/i.test(message)
  );
}

/** In a script it has other words than outside: those of Redis up to 7.0, and of later ones and Valkey. */
const missingRight = /\bNOPERM\b|user executing the script can't|ACL failure in script/;

function advice(message: string): string {
  const found = advices.find(([sign]) => sign.test(message));
  if (found !== undefined) return found[1];
  return isPermanent(message) ? 'Trying again will not help.' : later;
}

const advices: readonly (readonly [sign: RegExp, advice: string])[] = [
  [/\bOOM\b/, "The server is at its maxmemory: give it more, or let it evict keys that aren't circuits."],
  [/\bREADONLY\b/, 'The server is a replica: connect to the primary, or wait until the failover is over.'],
  [/\bNOREPLICAS\b/, 'The primary reaches too few replicas (min-replicas-to-write): wait until they are back.'],
  [
    missingRight,
    'The Redis user lacks a right: the ACL line in the README of @circuitry/backend-redis has all that are needed.',
  ],
  [
    /\b(?:NOAUTH|WRONGPASS)\b|invalid password/,
    "The server refuses the client's user or password: give the client the right ones, which are taken up by themselves.",
  ],
  [/\bBUSY\b/, 'Another script keeps the server busy: wait for it, or end it with SCRIPT KILL.'],
];
