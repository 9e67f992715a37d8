/**
 * Where circuits live: the only place that knows. Backends whose circuits other processes can reach give a
 * `connection`, which each worker's process opens for itself.
 *
 * @typedef {{ kind: 'redis', url: string, prefix: string }
 *   | { kind: 'dynamodb', tableName: string, clientConfig: object }} Connection
 *
 * @typedef {object} Store
 * @property {Connection | null} connection null: circuits live in this process, and so do the workers
 * @property {() => import('@circuitry/core').StorageBackend} connectHere
 * @property {() => Promise<void>} close ends what was started, takes away what was written
 */
import { MemoryBackend } from '@circuitry/core';

/** @type {Record<string, () => Promise<Store>>} */
const opens = {
  async memory() {
    const memory = new MemoryBackend();
    return { connection: null, connectHere: () => memory.connect(), close: () => memory.close() };
  },
};

export const backendNames = Object.keys(opens);

/** @param {string} name one of {@link backendNames} */
export async function openStore(name) {
  const open = opens[name];
  if (open === undefined) throw new Error(`There is no backend ${name}.`);
  return open();
}

/**
 * A worker's own way to the circuits.
 *
 * @param {Connection} connection
 * @returns {Promise<{ backend: import('@circuitry/core').StorageBackend, close: () => Promise<void> }>}
 */
export async function connect(connection) {
  throw new Error(`There is no backend ${connection.kind}.`);
}
