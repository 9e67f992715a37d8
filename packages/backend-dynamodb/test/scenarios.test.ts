import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, jest, test } from '@jest/globals';
import { runScenario } from '../../testkit/test/scenarios/run-scenario.js';
import { scenarioFiles } from '../../testkit/test/scenarios/scenario-files.js';
import { describeOnOneServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

jest.setTimeout(60_000);

// The scenarios' clock decides: what the server's answers say of its time is not looked at.
describeOnOneServer('What circuits do, over DynamoDB', (server) => {
  let table: TestTable;
  beforeAll(async () => {
    table = await makeTable(server());
  });
  afterAll(() => table.drop());

  describe.each(scenarioFiles)('%s', (_, { row, scenarios }) => {
    test.each(scenarios.map((scenario) => [scenario.title, scenario] as const))(`${row}: %s`, (_title, scenario) => {
      const prefix = randomUUID();
      return runScenario(scenario, () => table.connect({ prefix, serverTime: false }));
    });
  });
});
