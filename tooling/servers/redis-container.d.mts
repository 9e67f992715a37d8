/** Why there is no Docker to run containers with; null where there is. */
export function noDocker(): string | null;
/** CIRCUITRY_REDIS_IMAGE, or an image made of this machine's own redis-server. */
export function redisImage(): string;
