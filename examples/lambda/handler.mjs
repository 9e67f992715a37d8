// What runs in Lambda: one circuit for each tenant's mail provider, shared by all instances of the function.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBBackend, recommendedClient } from '@circuitry/backend-dynamodb';
import { CircuitBreakerFactory, circuitName } from '@circuitry/core';

/**
 * @typedef {{ tenantId: string, to: string }} Mail
 * @typedef {{ status: 'sent' } | { status: 'failed', reason: string } | { status: 'refused', retryAfter: number | null }} Outcome
 *
 * @typedef {object} Parts
 * @property {(mail: Mail, signal: AbortSignal) => Promise<void>} send asks the tenant's mail provider
 * @property {import('@aws-sdk/client-dynamodb').DynamoDBClientConfig} [clientConfig] beyond what the environment says
 * @property {import('@circuitry/core').Clock} [clock]
 * @property {Readonly<Record<string, string | undefined>>} [settings] default: the function's environment
 */

/**
 * Made once, outside the handler: client, connections, and what is known of circuits last as long as the instance.
 *
 * @param {Parts} parts
 */
export function makeHandler({ send, clientConfig = {}, clock, settings = process.env }) {
  const time = clock === undefined ? {} : { clock };
  // One for all three: the client's retries end within it, the backend warns of one whose don't.
  const storageTimeout = Number(settings['STORAGE_TIMEOUT_MS'] ?? 1_000);
  const client = new DynamoDBClient({ ...recommendedClient({ storageTimeout }), ...clientConfig });
  const tableName = settings['TABLE_NAME'] ?? 'circuitry';
  const backend = new DynamoDBBackend({ client, tableName, storageTimeout, ...time });
  const factory = new CircuitBreakerFactory({
    backend,
    storageTimeout,
    ...time,
    nameFor: (circuit, /** @type {Mail} */ { tenantId }) => circuitName(circuit, tenantId),
    failureCountThreshold: Number(settings['FAILURES'] ?? 5),
    allowAfter: Number(settings['ALLOW_AFTER_MS'] ?? 60_000),
    retryJitter: 0,
  });

  /**
   * @param {Mail} mail
   * @returns {Promise<Outcome>}
   */
  const handler = async (mail) => {
    const settled = await factory.breakerFor('send-mail', mail).settle(({ signal }) => send(mail, signal));
    // With `consistency: { maxStaleness }` some counts wait in memory, and the instance may never be woken again.
    await factory.flush();
    if (settled.status === 'fulfilled') return { status: 'sent' };
    if (settled.status === 'rejected') return { status: 'failed', reason: String(settled.reason) };
    const { retryAfter = null } = /** @type {{ retryAfter?: number | null }} */ (settled.error);
    return { status: 'refused', retryAfter };
  };
  return { handler, client, backend, factory };
}
