import type { Clock } from '@circuitry/core';
import type { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dateOf, isPossible, type SignedRequest } from '../time/response-date.js';
import type { ServerTime } from '../time/server-time.js';
import { StrangersAnswer, type HttpAnswer } from './strangers-answer.js';
import { mayHaveHappened, UnknownOutcome } from './unknown-outcome.js';

/** Refusals for a time that a request was signed at: the SDK mends its signing by their `Date`. */
const refusedForTime = new Set([
  'AuthFailure',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

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
  let headers: Record<string, string> = {};
  command.middlewareStack.add(
    (next) => async (args) => {
      exchange.attempts += 1;
      exchange.pending = true;
      const sentAt = clock.now();
      const result = await next(args);
      const answer = result.response as HttpAnswer;
      headers = answer.headers ?? {};
      StrangersAnswer.refuse(answer);
      const stamped = dateOf(answer);
      const isGrant = answer.statusCode === 200;
      if (isGrant && isPossible(stamped, args.request as SignedRequest) && time.learn(stamped, sentAt, clock.now())) {
        return result;
      }
      // The SDK sets the clock that it signs by to any `Date`: it is to see none that is not believed. A refusal's may
      // be what it needs to sign anew: that is to be seen when the refusal's name is known.
      if (isGrant || stamped === null) delete headers['date'];
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
        const { name } = (error ?? {}) as { name?: string };
        // What the caller's signal cut short says nothing of DynamoDB.
        if (name !== 'AbortError') exchange.failure = error;
        if (!refusedForTime.has(name ?? '')) delete headers['date'];
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
