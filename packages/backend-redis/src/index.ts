export { RedisBackend } from './redis-backend.js';
export type { RedisBackendOptions } from './options/redis-backend-options.js';
export type { DuplicableClient, GlideClient, RedisClient } from './clients/client-models.js';
