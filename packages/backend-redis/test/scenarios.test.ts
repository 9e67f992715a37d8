import { describe, jest, test } from '@jest/globals';
import { runScenario } from '../../testkit/test/scenarios/run-scenario.js';
import { scenarioFiles } from '../../testkit/test/scenarios/scenario-files.js';
import { RedisBackend } from '../src/index.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

jest.setTimeout(60_000);

// The scenarios' clock decides, not the server's: answers carry none.
describeWithServer('What circuits do, over a real Redis', () => {
  const redis = usePlainRedis();

  describe.each(scenarioFiles)('%s', (_, { row, scenarios }) => {
    test.each(scenarios.map((scenario) => [scenario.title, scenario] as const))(`${row}: %s`, (_title, scenario) => {
      const client = redis.client();
      const prefix = uniquePrefix();
      return runScenario(scenario, () => new RedisBackend({ client, prefix, serverTime: false }));
    });
  });
});
