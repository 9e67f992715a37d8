import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createCircuitTable, DynamoDBBackend, recommendedClient } from '@circuitry/backend-dynamodb';
import { randomUUID } from 'node:crypto';
import { startDynamoDB } from '../../../tooling/servers/dynamodb.mjs';
import { BadInput } from '../input/bad-input.mjs';
import { notHere } from './elsewhere.mjs';

// The SDK's advice to take a newer Node need not be given by each worker; they inherit this.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/**
 * @typedef {object} DynamoDBConnection
 * @property {'dynamodb'} kind
 * @property {string} tableName
 * @property {import('../../../tooling/servers/dynamodb.mjs').DynamoDBServer['clientConfig']} clientConfig
 */

/**
 * The DynamoDB of DYNAMODB_ENDPOINT, or a server of our own; with a table of our own in either.
 *
 * @returns {Promise<import('../backends.mjs').Store>}
 */
export async function open() {
  const server = await startDynamoDB();
  const { clientConfig } = server;
  const tableName = `tenant-queue-demo-${randomUUID()}`;
  const client = new DynamoDBClient(clientConfig);
  try {
    await createCircuitTable(client, { tableName });
  } catch (error) {
    await server.close();
    if (server.kind !== 'endpoint') throw error;
    throw new BadInput(`The DynamoDB of DYNAMODB_ENDPOINT can't be used: ${/** @type {Error} */ (error).message}`);
  }
  return {
    connection: { kind: 'dynamodb', tableName, clientConfig },
    connectHere: notHere,
    // Each request has its price: a healthy tenant's jobs write nothing, and share what was read a second ago.
    settings: { counting: 'failures', consistency: { maxStaleness: 1_000 } },
    async close() {
      if (server.kind === 'endpoint') await client.send(new DeleteTableCommand({ TableName: tableName }));
      client.destroy();
      await server.close();
    },
  };
}

/** @param {DynamoDBConnection} connection */
export async function connect({ tableName, clientConfig }) {
  const client = new DynamoDBClient({ ...recommendedClient(), ...clientConfig });
  const backend = new DynamoDBBackend({ client, tableName });
  return {
    backend,
    async close() {
      await backend.close();
      client.destroy();
    },
  };
}
