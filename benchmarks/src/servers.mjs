import { redisServer, startRedis } from '../../tooling/servers/redis.mjs';
import { availableServers, startDynamoDB } from '../../tooling/servers/dynamodb.mjs';
import { connect, serverFigures } from './processes/redis-client.mjs';

/**
 * Starts what is needed, on free ports; what can't be had is named with its reason instead.
 *
 * @param {Set<'redis' | 'dynamodb'>} needed
 */
export async function openServers(needed) {
  const missing = {};
  const versions = {};
  const redis = needed.has('redis') ? await openRedis(missing, versions) : null;
  const dynamodb = needed.has('dynamodb') ? await openDynamoDB(missing, versions) : null;
  return {
    redis,
    dynamodb,
    missing,
    versions,
    async close() {
      await redis?.stop();
      await dynamodb?.close();
    },
  };
}

async function openRedis(missing, versions) {
  const found = redisServer();
  if ('missing' in found) {
    missing.redis = found.missing;
    return null;
  }
  const server = await startRedis();
  const client = await connect(server.url);
  versions.redis = (await serverFigures(client)).version;
  client.disconnect();
  return server;
}

async function openDynamoDB(missing, versions) {
  try {
    await import('@circuitry/backend-dynamodb');
  } catch (error) {
    missing.dynamodb = `@circuitry/backend-dynamodb can't be imported (${error.message})`;
    return null;
  }
  // What the capacity of a transaction or a failed condition is, only dynoxide and DynamoDB itself say.
  const kind = availableServers().find((server) => server !== 'dynalite');
  if (kind === undefined) {
    missing.dynamodb = 'there is neither dynoxide nor a DYNAMODB_ENDPOINT';
    return null;
  }
  versions.dynamodb = kind === 'endpoint' ? 'DYNAMODB_ENDPOINT' : kind;
  return startDynamoDB({ kind });
}
