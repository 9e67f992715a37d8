import { readdirSync, readFileSync } from 'node:fs';
import type { ScenarioFile } from './scenario.js';

const folder = new URL('../../scenarios/', import.meta.url);

/** One of the files of the folder, as data. */
export function readScenarioFile(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
}

/** Every file of scenarios, by name. */
export const scenarioFiles: readonly (readonly [name: string, file: ScenarioFile])[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json') && file !== 'scenario.schema.json')
  .map((file) => [file, readScenarioFile(file) as ScenarioFile]);
