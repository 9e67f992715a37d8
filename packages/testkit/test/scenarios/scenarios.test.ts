import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { runScenario } from './run-scenario.js';
import { readScenarioFile, scenarioFiles } from './scenario-files.js';

const schema = readScenarioFile('scenario.schema.json') as { properties: { row: { enum: string[] } } };
const matches = new Ajv2020({ allowUnionTypes: true }).compile(schema);

describe('the scenarios', () => {
  test.each(scenarioFiles)('%s fits the schema', (_, file) => {
    matches(file);
    expect(matches.errors ?? []).toEqual([]);
  });

  test('have every row of the table of semantics, once', () => {
    expect(scenarioFiles.map(([, { row }]) => row).sort()).toEqual([...schema.properties.row.enum].sort());
  });
});

describe.each(scenarioFiles)('core keeps %s', (_, { row, scenarios }) => {
  test.each(scenarios.map((scenario) => [scenario.title, scenario] as const))(`${row}: %s`, (_title, scenario) =>
    runScenario(scenario),
  );
});
