import { MemoryBackend } from '@circuitry/core';

/** @returns {Promise<import('../backends.mjs').Store>} */
export async function open() {
  const memory = new MemoryBackend();
  return { connection: null, connectHere: () => memory.connect(), settings: {}, close: () => memory.close() };
}
