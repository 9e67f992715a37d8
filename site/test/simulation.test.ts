import { expect, test } from '@jest/globals';
import { linkOf, scenarioOf } from '../playground/scenario/scenario-link.js';
import { presets, standard, type Scenario } from '../playground/scenario/scenario.js';
import { settingsAsCode } from '../playground/scenario/settings-as-code.js';
import { World } from '../playground/simulation/world.js';

function preset(id: string): Scenario {
  const found = presets.find((each) => each.id === id);
  if (found === undefined) throw new Error(`there is no preset ${id}`);
  return found.scenario;
}

async function run(scenario: Scenario, seconds: number): Promise<World> {
  const world = new World(scenario);
  await world.advance(seconds * 1_000);
  return world;
}

test('where every other call fails the shared fleet runs into the trouble less often', async () => {
  const { shared, other } = await run(preset('flaky'), 60);
  expect(shared.tally.callsIntoTrouble).toBeLessThan(other.tally.callsIntoTrouble);
});

test.each(['breaks', 'deploy', 'many-workers', 'slow', 'unprotected'])(
  'in the scenario %s the shared fleet runs into the trouble less often, and its healthy jobs wait less',
  async (id) => {
    const { shared, other } = await run(preset(id), 60);
    expect(shared.tally.callsIntoTrouble).toBeGreaterThan(0);
    expect(shared.tally.callsIntoTrouble).toBeLessThan(other.tally.callsIntoTrouble);
    expect(shared.tally.healthyWait / shared.tally.healthyJobs).toBeLessThan(
      other.tally.healthyWait / other.tally.healthyJobs,
    );
  },
);

test('after a restart in mid-outage workers of their own pay again, and those that share do not', async () => {
  const [calm, restarted] = await Promise.all([run(preset('breaks'), 50), run(preset('deploy'), 50)]);
  expect(restarted.other.tally.callsIntoTrouble).toBeGreaterThan(calm.other.tally.callsIntoTrouble + 8);
  expect(restarted.shared.tally.callsIntoTrouble).toBeLessThanOrEqual(calm.shared.tally.callsIntoTrouble + 1);
});

test('while the store is down each worker goes on by itself, and nothing is lost', async () => {
  const { shared } = await run(preset('store-down'), 28);
  const workers = shared.workers.filter(({ knows }) => knows[1]?.state !== 'closed');
  expect(workers.length).toBeGreaterThan(1);
  expect(shared.tally.done).toBeGreaterThan(100);
});

test('one half-open round of the shared fleet has one trial, however many workers there are', async () => {
  const { shared, other } = await run(preset('many-workers'), 50);
  const trials = (bars: readonly { readonly isTrial: boolean }[]): number => bars.filter((bar) => bar.isTrial).length;
  const rounds = (shared.chronicle.circuits[1]?.[0] ?? []).filter(({ state }) => state === 'half-open').length;
  expect(rounds).toBeGreaterThan(1);
  expect(trials(shared.chronicle.bars)).toBe(rounds);
  expect(trials(other.chronicle.bars)).toBeGreaterThan(3 * rounds);
});

test('a scenario is a link, and the link is the same run, to the last call', async () => {
  for (const { scenario } of presets) expect(scenarioOf(linkOf(scenario))).toEqual(scenario);
  const [once, again] = await Promise.all([run(preset('flaky'), 40), run(scenarioOf(linkOf(preset('flaky'))), 40)]);
  expect(again.shared.tally).toEqual(once.shared.tally);
  expect(again.shared.chronicle.bars).toEqual(once.shared.chronicle.bars);
});

test('what happens by hand becomes part of the scenario, and happens again when it runs from the beginning', async () => {
  const byHand = new World(standard);
  await byHand.advance(6_000);
  byHand.do({ at: 6, what: 'condition', tenant: 1, condition: 'down' });
  await byHand.advance(30_000);
  const again = await run({ ...standard, happenings: byHand.happenings }, 36);
  expect(again.shared.tally).toEqual(byHand.shared.tally);
});

test('a link that says nonsense is the standard scenario, and a number out of bounds is brought within them', () => {
  expect(scenarioOf('workers=x&rule=coin&do=soon_down_1~6_melts_1')).toEqual(standard);
  expect(scenarioOf('workers=400').world.workers).toBe(16);
  expect(linkOf(standard)).toBe('');
});

test('the settings as code name each setting as a factory takes it', () => {
  expect(settingsAsCode(standard.circuit)).toContain("allowAfter: '10s',");
  const rate = { ...standard.circuit, rule: 'slow', pauseGrows: true, staleness: 250 } as const;
  const code = settingsAsCode(rate);
  expect(code).toContain("trip: slowCallRate({ threshold: 0.5, minimumCalls: 6, window: '20s' }),");
  expect(code).toContain(
    "import { CircuitBreakerFactory, circuitName, exponential, slowCallRate } from '@circuitry/core';",
  );
});
