import { expect, test } from '@jest/globals';
import { presets, type Scenario } from '../playground/simulation/scenario.js';
import { World } from '../playground/simulation/world.js';

function preset(id: string): Scenario {
  const found = presets.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no preset ${id}`);
  return found.scenario;
}

async function run(scenario: Scenario, seconds: number): Promise<World> {
  const world = new World(scenario);
  await world.advance(seconds * 1_000);
  return world;
}

test('the shared fleet learns of a broken tenant by fewer calls than workers that each learn for themselves', async () => {
  const { shared, other } = await run(preset('breaks'), 60);
  console.log(shared.tally, other.tally, shared.way);
  expect(shared.tally.callsIntoTrouble).toBeLessThan(other.tally.callsIntoTrouble / 2);
  expect(shared.tally.wasted).toBeLessThan(other.tally.wasted / 2);
});
for (const p of presets) test(p.id, async () => {
  const { shared, other } = await run(p.scenario, 60);
  console.log(p.id, shared.tally, other.tally, shared.way.reads, shared.way.writes);
});
