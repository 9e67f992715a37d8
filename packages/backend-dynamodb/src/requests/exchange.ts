import type { Clock } from '@circuitry/core';
import type { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { responseDate } from '../time/response-date.js';
import type { ServerTime } from '../time/server-time.js';
import { mayHaveHappened, UnknownOutcome } from './unknown-outcome.js';

/** How far from AWS's time a request may be signed that it grants, ms: 5 minutes by its documents, 15 for some services. */
const longestSignature = 900_000;

/** What is known of one call's requests while they are under way. */
export interface Exchange {
  /** Requests sent so far; the SDK may retry. */
  attempts: number;
  /** One of them is under way now, or was answered and its caller has not heard of it yet. */
  pending: boolean;
  /** One of them failed in a way that leaves open whether it happened. */
  unknown: boolean;
  /** What the last of them failed with, before the SDK wraps it; undefined: none did. */
  failure?: unknown;
}

/**
 * Watches a command's requests through the SDK's middleware: counts them, learns DynamoDB's time from their responses,
 * and, for one that must not be repeated, keeps the SDK from sending it again once its outcome is unknown.
 *
 * Retries of what provably did not happen, such as throttled requests, stay with the SDK and the user's settings of it.
 */
export function watchExchange(
  command: UpdateItemCommand,
  { repeatable, clock, time }: { readonly repeatable: boolean; readonly clock: Clock; readonly time: ServerTime },
): Exchange {
  const exchange: Exchange = { attempts: 0, pending: false, unknown: false };
  command.middlewareStack.add(
    (next) => async (args) => {
      exchange.attempts += 1;
      exchange.pending = true;
      const sentAt = clock.now();
      const result = await next(args);
      const stamped = takeDate(result.response as HttpAnswer, signedAt(args.request as SignedRequest));
      if (stamped !== null) time.learn(stamped, sentAt, clock.now());
      return result;
    },
    // Innermost: beside the HTTP handler.
    { step: 'deserialize', priority: 'low', name: 'circuitryExchange' },
  );
  command.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        // What the caller's signal cut short says nothing of DynamoDB.
        if ((error as { name?: unknown } | null)?.name !== 'AbortError') exchange.failure = error;
        const wasSent = exchange.pending;
        exchange.pending = false;
        if (wasSent && mayHaveHappened(error)) {
          exchange.unknown = true;
          if (!repeatable) throw new UnknownOutcome();
        }
        throw error;
      }
    },
    // Inside the SDK's retries and its signing, around everything else.
    { step: 'finalizeRequest', priority: 'low', name: 'circuitryOutcome' },
  );
  return exchange;
}

interface SignedRequest {
  readonly headers?: Readonly<Record<string, string>>;
}

interface HttpAnswer {
  readonly statusCode?: number;
  readonly headers?: Record<string, string>;
}

/**
 * What the `Date` of an answer says, ms since the epoch; null where it is not DynamoDB's own, for what stands between may
 * answer for it with a clock of its own, or is none.
 *
 * AWS grants no request that was signed at another time than its own: where it did, a `Date` that says another time lies.
 *
 * Such a `Date` is taken off. The SDK sets the clock that it signs by to any, and would sign nothing more after some.
 */
function takeDate({ statusCode, headers = {} }: HttpAnswer = {}, signed: number | null): number | null {
  const isOurs = (statusCode === 200 || statusCode === 400) && headers['x-amzn-requestid'] !== undefined;
  const stamped = isOurs ? responseDate(headers['date']) : null;
  const isLie =
    stamped !== null && signed !== null && statusCode === 200 && Math.abs(stamped - signed) > longestSignature;
  if (stamped !== null && !isLie) return stamped;
  delete headers['date'];
  return null;
}

/** When a request was signed, ms since the epoch, of `20261127T030517Z`; null where it was not. */
function signedAt({ headers = {} }: SignedRequest = {}): number | null {
  const [, year, month, day, hours, minutes, seconds] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers['x-amz-date'] ?? '')?.map(Number) ?? [];
  if (year === undefined || month === undefined) return null;
  return Date.UTC(year, month - 1, day, hours, minutes, seconds);
}
