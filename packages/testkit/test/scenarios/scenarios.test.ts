import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { runScenario } from './run-scenario.js';
import type { ScenarioFile } from './scenario.js';

const folder = new URL('../../scenarios/', import.meta.url);
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
const names = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== 'scenario.schema.json');
const files = names.map((file) => [file, read(file) as ScenarioFile] as const);
const schema = read('scenario.schema.json') as { properties: { row: { enum: string[] } } };
const matches = new Ajv2020({ allowUnionTypes: true }).compile(schema);

describe('the scenarios', () => {
  test.each(files)('%s fits the schema', (_, file) => {
    matches(file);
    expect(matches.errors ?? []).toEqual([]);
  });

  test('have every row of the table of semantics, once', () => {
    expect(files.map(([, { row }]) => row).sort()).toEqual([...schema.properties.row.enum].sort());
  });
});

describe.each(files)('core keeps %s', (_, { row, scenarios }) => {
  test.each(scenarios.map((scenario) => [scenario.title, scenario] as const))(`${row}: %s`, (_title, scenario) =>
    runScenario(scenario),
  );
});
