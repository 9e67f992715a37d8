export { RedisBackend } from './redis-backend.js';
export type { RedisBackendOptions } from './backend-options.js';
export type { RedisClient } from './script-runner.js';
