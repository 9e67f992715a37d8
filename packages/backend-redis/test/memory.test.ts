import { expect, test } from '@jest/globals';
import { aRecord } from './support/records.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

describeWithServer('Memory on a real Redis', () => {
  const redis = usePlainRedis();

  test('A closed circuit with default settings, after a million calls, takes at most 200 bytes', async () => {
    const prefix = uniquePrefix().slice(0, 9);
    const backend = redis.backend({ prefix });
    const name = 'send-mail:tenant-0123456789abcdef';
    const record = aRecord({
      generation: 12,
      since: 1_816_000_000_000,
      by: '1k3j2h5g4-2f',
      counters: {
        'consecutive.failures': 3,
        'total.failures': 12_345,
        'total.successes': 1_222_222,
      },
    });
    await backend.store(name, null, record, { ttl: 86_400_000 });
    const bytes = await redis.client().memory('USAGE', `${prefix}:{${name}}`);
    expect(bytes).toBeLessThanOrEqual(200);
    await backend.delete(name);
  });
});
