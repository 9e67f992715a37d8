/** A RedisBackend with a client of its own; loads neither before it is asked for. */
export async function openRedisBackend(url) {
  const [{ RedisBackend }, { connect }] = await Promise.all([
    import('@circuitry/backend-redis'),
    import('./redis-client.mjs'),
  ]);
  const client = await connect(url);
  const backend = new RedisBackend({ client });
  return {
    backend,
    async close() {
      await backend.close();
      client.disconnect();
    },
  };
}
