import { systemClock } from '@circuitry/core';

/** How often a request may be sent, and how long the pauses between may be. */
export interface Retries {
  /** What the SDK calls it. */
  readonly mode: string;
  /** Called by the SDK for the first attempt. */
  acquireInitialRetryToken(scope: string): Promise<RetryToken>;
  /** Called by the SDK after a failure: resolves after the pause, rejects where there is no further attempt. */
  refreshRetryTokenForRetry(token: RetryToken, error: { readonly errorType: string }): Promise<RetryToken>;
  /** Called by the SDK after a success. */
  recordSuccess(token: RetryToken): void;
}

/** How far one request's attempts have come. */
export interface RetryToken {
  /** How often it was sent again. */
  getRetryCount(): number;
  /** How long the SDK is to wait, ms. */
  getRetryDelay(): number;
  /** What it costs of a budget; undefined: there is none. */
  getRetryCost(): number | undefined;
}

/**
 * A strategy for the SDK's retries: short pauses, for throttling too, that double and are random.
 *
 * It keeps no budget that all requests of a client share: a throttled circuit would use up the others'. Each request has
 * its few attempts, and core asks a store that fails less and less often.
 */
export class QuickRetries implements Retries {
  /** What the SDK writes into its user agent. */
  readonly mode = 'standard';
  readonly #mostAttempts: number;
  readonly #firstPause: number;

  /** @param firstPause ms, at most */
  constructor(mostAttempts: number, firstPause: number) {
    this.#mostAttempts = mostAttempts;
    this.#firstPause = firstPause;
  }

  /** How long all pauses of one request may be together, ms. */
  get longestPauses(): number {
    return this.#firstPause * (2 ** (this.#mostAttempts - 1) - 1);
  }

  async acquireInitialRetryToken(): Promise<RetryToken> {
    return tokenOf(0);
  }

  async refreshRetryTokenForRetry(
    token: RetryToken,
    { errorType }: { readonly errorType: string },
  ): Promise<RetryToken> {
    const sent = token.getRetryCount() + 1;
    if (sent >= this.#mostAttempts || (errorType !== 'THROTTLING' && errorType !== 'TRANSIENT')) {
      throw new Error('No retry token available');
    }
    // The pause is made here: some versions of the SDK leave it to the strategy, and none waits for a delay of 0.
    const pause = Math.random() * this.#firstPause * 2 ** (sent - 1);
    await new Promise<void>((resolve) => void systemClock.after(pause, resolve));
    return tokenOf(sent);
  }

  recordSuccess(): void {}
}

function tokenOf(count: number): RetryToken {
  return { getRetryCount: () => count, getRetryDelay: () => 0, getRetryCost: () => undefined };
}
