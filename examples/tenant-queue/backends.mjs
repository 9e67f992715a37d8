/** Where circuits live: the only place that knows which backends there are. */

/**
 * @typedef {import('./backends/redis.mjs').RedisConnection | import('./backends/dynamodb.mjs').DynamoDBConnection} Connection
 *   how a worker's process finds the circuits: plain data, since it goes over IPC
 */

/** @typedef {Pick<import('@circuitry/core').FactoryOptions, 'counting' | 'consistency'>} StoreSettings */

/**
 * @typedef {object} Store
 * @property {Connection | null} connection null: circuits live in this process, and so do the workers
 * @property {() => import('@circuitry/core').StorageBackend} connectHere for workers in this process
 * @property {StoreSettings} settings what suits this store better than the defaults
 * @property {() => Promise<void>} close ends what was started, and takes away what was written
 */

// Imported when chosen: nobody should wait for an SDK that is not used.
const backends = {
  memory: () => import('./backends/memory.mjs'),
  redis: () => import('./backends/redis.mjs'),
  dynamodb: () => import('./backends/dynamodb.mjs'),
};

/** @typedef {keyof typeof backends} BackendName */

export const backendNames = /** @type {BackendName[]} */ (Object.keys(backends));

/**
 * @param {BackendName} name
 * @returns {Promise<Store>}
 */
export async function openStore(name) {
  const { open } = await backends[name]();
  return open();
}

/**
 * A worker's own way to the circuits.
 *
 * @param {Connection} connection
 * @returns {Promise<{ backend: import('@circuitry/core').StorageBackend, close: () => Promise<void> }>}
 */
export async function connect(connection) {
  switch (connection.kind) {
    case 'redis':
      return (await backends.redis()).connect(connection);
    case 'dynamodb':
      return (await backends.dynamodb()).connect(connection);
  }
}
