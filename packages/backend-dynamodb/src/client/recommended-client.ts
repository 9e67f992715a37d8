import type { Duration } from '@circuitry/core';
import { duration, optional, readOptions } from '@circuitry/core/backend';
import { QuickRetries, type Retries } from './quick-retries.js';

/** How often a request is sent at most: the first time, and twice again. */
const mostAttempts = 3;

/** Shares of `storageTimeout`. Together they leave a tenth of it: core's deadlines come up to a tenth early. */
const requestShare = 0.25;
const connectionShare = 0.2;
const firstPauseShare = 0.05;

/** What `recommendedClient` is made for. */
export interface RecommendedClientOptions {
  /** The factory's `storageTimeout`. Default `'1s'`. */
  readonly storageTimeout?: Duration | undefined;
}

/** Settings of a DynamoDBClient, of the SDK's names. */
export interface RecommendedClient {
  /** How often a request is sent at most. */
  readonly maxAttempts: number;
  /** Pauses that fit into `storageTimeout`. */
  readonly retryStrategy: Retries;
  /** Time limits, and connections that are kept open. */
  readonly requestHandler: {
    /** ms */
    readonly connectionTimeout: number;
    /** ms */
    readonly requestTimeout: number;
    /** Whether a request that took longer is given up. */
    readonly throwOnRequestTimeout: true;
    /** For an `http:` endpoint. */
    readonly httpAgent: { readonly keepAlive: true; readonly maxSockets: number };
    /** For AWS. */
    readonly httpsAgent: { readonly keepAlive: true; readonly maxSockets: number };
  };
}

/**
 * The client settings with which every call ends within `storageTimeout`, its retries included:
 * `new DynamoDBClient({ ...recommendedClient(), region })`.
 *
 * Three attempts of at most a quarter of the time each, and pauses of at most 5 % and 10 % of it, also where DynamoDB
 * throttles: the SDK's own pauses grow to seconds then, and its requests have no time limit. Connections are kept open.
 * Options that you spread after it win; of `requestHandler`, the whole.
 *
 * @throws InvalidSettingsError
 */
export function recommendedClient(options: RecommendedClientOptions = {}): RecommendedClient {
  const { storageTimeout } = readOptions({ storageTimeout: optional(duration(1), 1_000) }, options);
  const agent = { keepAlive: true, maxSockets: 50 } as const;
  return {
    maxAttempts: mostAttempts,
    retryStrategy: new QuickRetries(mostAttempts, Math.ceil(storageTimeout * firstPauseShare)),
    requestHandler: {
      connectionTimeout: Math.ceil(storageTimeout * connectionShare),
      requestTimeout: Math.ceil(storageTimeout * requestShare),
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}
