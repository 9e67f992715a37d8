import { expect, it } from '@jest/globals';
import { simulate } from '../src/scaling/fleet.mjs';
import { perCall } from '../src/scaling/simulation.mjs';
import { modes, loads, traffic } from '../src/scaling/model.mjs';

const bounded = { maxStaleness: 1_000 };
const busy = { perSecond: 5, seconds: 8, from: 2 };

it('a strict call is one read and one write, and a fleet sends that for each of its calls', async () => {
  const { reads, writes, violations } = await simulate({ workers: 20, ...busy });
  expect(reads).toBeCloseTo(1, 1);
  expect(writes).toBeCloseTo(1, 1);
  expect(violations).toBe(0);
}, 30_000);

it('twenty workers with bounded staleness send twenty times what one sends, and less than half of what strict does', async () => {
  const [one, fleet] = [
    await simulate({ workers: 1, ...busy, seconds: 120, settings: bounded }),
    await simulate({ workers: 20, ...busy, settings: bounded }),
  ];
  const ratio = (fleet.reads + fleet.writes) / (one.reads + one.writes);
  expect(Math.abs(ratio - 1)).toBeLessThan(0.2);
  expect(fleet.reads + fleet.writes).toBeLessThan(1);
  expect(fleet.violations).toBe(0);
}, 60_000);

it('after a trip no worker lets a call in by a view older than maxStaleness', async () => {
  const { trip, violations } = await simulate({
    workers: 30,
    perSecond: 10,
    seconds: 4,
    failsAt: 2,
    settings: { maxStaleness: 250 },
  });
  expect(trip.admitted).toBeGreaterThan(0);
  expect(trip.lastAdmission).toBeLessThanOrEqual(250);
  expect(violations).toBe(0);
}, 60_000);

const curves = ['strict', 'bounded', 'bounded-failures'].flatMap((kind) => [
  { kind, perSecond: 1, reads: 1, writes: 0.8 },
  { kind, perSecond: 100, reads: 0.02, writes: 0.04 },
]);

it('what lies between two simulated rates lies between what they send; beyond them it nears a read, or nothing', () => {
  const between = perCall({ curves }, 'bounded', 10);
  expect(between.reads).toBeCloseTo(Math.sqrt(1 * 0.02));
  expect(perCall({ curves }, 'bounded', 200).writes).toBeCloseTo(0.02);
  expect(perCall({ curves }, 'bounded', 0.1).writes).toBeCloseTo(0.98);
});

it('the traffic of all tenants adds up to the calls of the fleet, however they fall on the tenants', () => {
  const mode = modes.find(({ id }) => id === 'strict-failures');
  const everyCallReads = { curves: curves.map((point) => ({ ...point, reads: 1 })) };
  for (const load of loads) {
    const { reads, writes } = traffic(everyCallReads, load, mode);
    expect(reads).toBeCloseTo(1_000_000, -1);
    expect(writes).toBe(0);
  }
});
