import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QuickRetries } from './quick-retries.js';

/** The pause that the SDK's own strategies make before the first retry of a throttled request, ms, at most; each next one is twice as long. */
const longestFirstPause = 1_000;

/** What is asked of a client. */
interface ClientCheckOptions {
  readonly client: DynamoDBClient;
  /** ms */
  readonly storageTimeout: number;
  readonly warn: (message: string) => void;
}

interface HandlerConfig {
  readonly requestTimeout?: number;
  readonly throwOnRequestTimeout?: boolean;
}

/** Clients that were warned of: one, however many backends share it. */
const warned = new WeakSet<object>();

/**
 * Warns, once for each client, of settings with which a call's retries can't end within `storageTimeout`: its failure would
 * be told as a missing answer.
 */
export class ClientCheck {
  readonly #options: ClientCheckOptions;
  #isDone = false;

  constructor(options: ClientCheckOptions) {
    this.#options = options;
  }

  /** To be called after a request: only then the client knows its own settings. Never throws. */
  run(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    const { client, storageTimeout, warn } = this.#options;
    if (warned.has(client)) return;
    void problemsOf(client, storageTimeout)
      .then((problems) => {
        if (problems.length === 0 || warned.has(client)) return;
        warned.add(client);
        warn(
          `circuitry: this DynamoDBClient does not fit a storageTimeout of ${storageTimeout} ms: ${problems.join('; ')}. ` +
            'Make it with new DynamoDBClient({ ...recommendedClient(), … }), or give the factory and the backend a longer storageTimeout.',
        );
      })
      // A client that can't be looked into, or a warning that throws, harms nobody.
      .catch(() => {});
  }
}

async function problemsOf({ config }: DynamoDBClient, storageTimeout: number): Promise<string[]> {
  const strategy: unknown = await config.retryStrategy();
  const mode = (strategy as { readonly mode?: unknown }).mode;
  if (mode === 'adaptive') {
    return ["retryMode is 'adaptive': one throttled circuit slows all calls of the client down"];
  }
  const isOwn = strategy instanceof QuickRetries;
  // Pauses of the user's own are the user's to know.
  if (mode !== 'standard' || Object.hasOwn(strategy as object, 'computeNextBackoffDelay')) return [];
  const attempts = await config.maxAttempts();
  const pauses = isOwn ? strategy.longestPauses : longestFirstPause * (2 ** (attempts - 1) - 1);
  const limit = requestLimit(config);
  if (attempts * limit + pauses <= storageTimeout) return [];
  const problems: string[] = [];
  if (attempts > 1 && pauses > storageTimeout / 2) {
    problems.push(`maxAttempts is ${attempts}, with pauses of up to ${pauses} ms together while DynamoDB throttles`);
  }
  if (attempts > 1 && limit === Infinity) {
    problems.push(
      'requestHandler has no requestTimeout with throwOnRequestTimeout, so that no time is left to send again',
    );
  }
  if (problems.length === 0 && attempts > 1) {
    problems.push(
      `${attempts} attempts (maxAttempts) of up to ${limit} ms each (requestTimeout) take longer than that`,
    );
  }
  return problems;
}

/** How long one request may take by the client's own settings, ms. */
function requestLimit({ requestHandler }: DynamoDBClient['config']): number {
  const handler = requestHandler as { httpHandlerConfigs?(): HandlerConfig };
  const { requestTimeout = 0, throwOnRequestTimeout } = handler.httpHandlerConfigs?.() ?? {};
  return requestTimeout > 0 && throwOnRequestTimeout === true ? requestTimeout : Infinity;
}
