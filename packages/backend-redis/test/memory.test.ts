import { expect, test } from '@jest/globals';
import { aRecord } from './support/records.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

describeWithServer('Memory on a real Redis', () => {
  const redis = usePlainRedis();

  test('A circuit with every counter of the default settings takes at most 400 bytes', async () => {
    const prefix = uniquePrefix().slice(0, 9);
    const backend = redis.backend({ prefix });
    const name = 'send-mail:tenant-0123456789abcdef';
    const record = aRecord({
      generation: 12,
      since: 1_816_000_000_000,
      by: '0123456789abcdef',
      counters: {
        'consecutive.failures': 3,
        'consecutive.successes': 0,
        'total.failures': 12_345,
        'total.successes': 1_222_222,
        'total.ignored': 99,
        'total.slow': 7,
      },
    });
    await backend.store(name, null, record, { ttl: 86_400_000 });
    const bytes = await redis.client().memory('USAGE', `${prefix}:{${name}}`);
    expect(bytes).toBeLessThanOrEqual(400);
    await backend.delete(name);
  });
});
