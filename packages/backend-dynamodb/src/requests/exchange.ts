import type { Clock } from '@circuitry/core';
import type { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ServerTime } from '../time/server-time.js';
import { mayHaveHappened, UnknownOutcome } from './unknown-outcome.js';

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
      time.learn(dateOf(result.response as HttpAnswer), sentAt, clock.now());
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

interface HttpAnswer {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The `Date` of an answer that is DynamoDB's own: what stands between may answer for it, with a clock of its own. */
function dateOf({ statusCode, headers = {} }: HttpAnswer = {}): string | undefined {
  const isOurs = (statusCode === 200 || statusCode === 400) && headers['x-amzn-requestid'] !== undefined;
  return isOurs ? headers['date'] : undefined;
}
