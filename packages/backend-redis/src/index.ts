export { RedisBackend } from './redis-backend.js';
export type { RedisBackendOptions } from './options/redis-backend-options.js';
export type { RedisClient } from './clients/client-models.js';
