import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyDelta, type CircuitRecord, type Counters } from '@circuitry/core';
import { Draft } from '../../../src/machine/counting/draft.js';
import type { Rules } from '../../../src/machine/rules/rules.js';
import { callsWindow, type CallsWindowSpec } from '../../../src/machine/window/window-spec.js';
import { Window } from '../../../src/machine/window/window.js';
import { failureRateRule } from '../../../src/settings/trip/kinds/failure-rate.js';
import { closedRecord, outcome, rulesOf, t0 } from '../../support/machine.js';

/** How many writes of others the record that a writer goes by may have missed. */
const mostMissed = 5;

interface Write {
  /** Whose settings the writer has. */
  readonly who: number;
  readonly fails: boolean;
  readonly missed: number;
}

/** A record that workers with different settings write on at once. */
class Deploy {
  readonly specs: readonly CallsWindowSpec[];
  readonly written: boolean[][];
  most = 0;
  readonly #rules: readonly Rules[];
  readonly #versions: CircuitRecord[] = [closedRecord()];

  constructor(windows: readonly number[]) {
    this.specs = windows.map((calls) => callsWindow(calls));
    this.written = windows.map(() => []);
    this.#rules = this.specs.map((spec) => rulesOf({ trip: failureRateRule(1, 1, spec) }));
  }

  get counters(): Counters {
    return (this.#versions.at(-1) as CircuitRecord).counters;
  }

  write({ who, fails, missed }: Write): void {
    const base = this.#versions[Math.max(0, this.#versions.length - 1 - missed)] as CircuitRecord;
    const draft = new Draft(base, t0, this.#rules[who] as Rules);
    draft.add(outcome(fails ? 'failure' : 'success'));
    this.#versions.push({ ...base, counters: applyDelta(this.counters, draft.delta()) });
    if (this.#versions.length > mostMissed + 1) this.#versions.shift();
    this.written[who]?.push(fails);
    this.most = Math.max(this.most, Object.keys(this.counters).length);
  }
}

const windows = fc.uniqueArray(fc.integer({ min: 1, max: 150 }), { minLength: 2, maxLength: 3 });

/** Turns in which each of the settings writes at least once, and then again and again. */
const turns = (most: number): fc.Arbitrary<Write[]> =>
  fc.array(
    fc.record({
      who: fc.integer({ min: 0, max: 2 }),
      fails: fc.boolean(),
      missed: fc.integer({ min: 0, max: most }),
    }),
    { minLength: 1, maxLength: 40 },
  );

function deployed(sizes: readonly number[], pattern: readonly Write[], writes: number): Deploy {
  const deploy = new Deploy(sizes);
  const round = [
    ...pattern.filter(({ who }) => who < sizes.length),
    ...sizes.map((_, who) => ({ who, fails: true, missed: 0 })),
  ];
  for (let index = 0; index < writes; index += 1) deploy.write(round[index % round.length] as Write);
  return deploy;
}

test('windows of calls of several settings hold what each alone would, while all of them are counted into', () => {
  fc.assert(
    fc.property(windows, turns(0), fc.integer({ min: 0, max: 600 }), (sizes, pattern, writes) => {
      const { specs, written, counters } = deployed(sizes, pattern, writes);
      specs.forEach((spec, who) => {
        const own = written[who] as boolean[];
        const { calls, failures } = new Window(spec, counters, t0).sumsAt(t0);
        expect(calls).toBeGreaterThanOrEqual(Math.min(own.length, spec.calls));
        expect(calls).toBeLessThan(spec.calls + spec.perSegment);
        expect(failures).toBe(calls === 0 ? 0 : own.slice(-calls).filter(Boolean).length);
      });
    }),
    { numRuns: 60 },
  );
});

test('of writers on records that are out of date, too, no window holds too few, and counters stay bounded', () => {
  fc.assert(
    fc.property(windows, turns(mostMissed), fc.integer({ min: 0, max: 600 }), (sizes, pattern, writes) => {
      const { specs, written, counters, most } = deployed(sizes, pattern, writes);
      let bound = 8;
      specs.forEach((spec, who) => {
        const held = new Window(spec, counters, t0).sumsAt(t0).calls;
        expect(held).toBeGreaterThanOrEqual(Math.min(written[who]?.length ?? 0, spec.calls));
        expect(held).toBeLessThan(spec.calls + spec.perSegment + 6);
        // Cells, and notes of others.
        bound += 3 * (spec.segments + 6) + 3 * mostMissed;
      });
      expect(most).toBeLessThanOrEqual(bound);
    }),
    { numRuns: 60 },
  );
});

test('a window that nobody counts into any more is gone after its length in calls, at least 100, whoever made them', () => {
  fc.assert(
    fc.property(windows, turns(mostMissed), fc.integer({ min: 0, max: 300 }), (sizes, pattern, writes) => {
      const deploy = deployed(sizes, pattern, writes);
      const last = sizes.length - 1;
      const length = Math.max(100, ...sizes) + 2 * mostMissed + 2;
      for (let index = 0; index < length; index += 1)
        deploy.write({ who: last, fails: false, missed: index % (mostMissed + 1) });
      const { prefix } = deploy.specs[last] as CallsWindowSpec;
      const others = Object.keys(deploy.counters).filter((name) => /^n\d/.test(name) && !name.startsWith(prefix));
      expect(others).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
