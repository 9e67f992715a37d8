import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exponential, type AllowAfterSubject, type InvalidSettingsError } from '@circuitry/core';

function thrown(random: () => number): AllowAfterSubject {
  return { name: 'x', circuit: 'x', context: {}, lastFailure: null, random };
}

const never = thrown(() => {
  throw new Error('no dice without jitter');
});

describe('a growing pause', () => {
  test('doubles with each opening in a row, up to an hour', () => {
    const pause = exponential('10m');
    expect([1, 2, 3, 4, 5, 2_000].map((openings) => pause(openings, never))).toEqual([
      600_000, 1_200_000, 2_400_000, 3_600_000, 3_600_000, 3_600_000,
    ]);
  });

  test('grows by its factor, in whole ms, up to its longest', () => {
    const pause = exponential(100, { factor: 1.5, max: '400ms' });
    expect([1, 2, 3, 4, 5].map((openings) => pause(openings, never))).toEqual([100, 150, 225, 338, 400]);
    expect(exponential('1s', { factor: 1 })(50, never)).toBe(1_000);
  });

  test('stays as it is where it begins beyond an hour and nobody gave a longest', () => {
    const pause = exponential('2h', { max: undefined });
    expect([1, 2, 3].map((openings) => pause(openings, never))).toEqual([7_200_000, 7_200_000, 7_200_000]);
  });

  test('takes less than one opening for the first', () => {
    expect(exponential('1s')(0, never)).toBe(1_000);
  });

  test('with jitter loses up to a half, never all', () => {
    const pause = exponential('1s', { jitter: true });
    expect(
      pause(
        1,
        thrown(() => 0),
      ),
    ).toBe(1_000);
    expect(
      pause(
        1,
        thrown(() => 0.5),
      ),
    ).toBe(750);
    expect(
      pause(
        1,
        thrown(() => 0.999_999_9),
      ),
    ).toBe(501);
    expect(
      exponential(1, { jitter: true })(
        1,
        thrown(() => 0.999),
      ),
    ).toBe(1);
  });

  test('is always a whole number of ms between its half and its longest', () => {
    const factors = fc.double({ min: 1, max: 10, noNaN: true });
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(10_000), factors, chance, (openings, factor, random) => {
        const ms = exponential(100, { factor, max: '1h', jitter: true })(
          openings,
          thrown(() => random),
        ) as number;
        expect(Number.isSafeInteger(ms) && ms >= 50 && ms <= 3_600_000).toBe(true);
      }),
    );
  });
});

describe('a growing pause is refused, with all that is wrong', () => {
  const problemsOf = (make: () => unknown): string[] => {
    try {
      make();
      return [];
    } catch (error) {
      return (error as InvalidSettingsError).problems.map(({ name }) => name);
    }
  };

  test.each([
    [() => exponential(0), ['exponential(initial)']],
    [() => exponential(Infinity), ['exponential(initial)']],
    [() => exponential('soon' as '1s'), ['exponential(initial)']],
    [() => exponential('1s', { factor: 0.5 }), ['exponential(options).factor']],
    [() => exponential('1s', { factor: NaN }), ['exponential(options).factor']],
    [() => exponential('1s', { factor: Infinity }), ['exponential(options).factor']],
    [() => exponential('1s', { max: 999 }), ['exponential(options).max']],
    [() => exponential('1s', { max: Infinity }), ['exponential(options).max']],
    [() => exponential('2h', { max: '1h' }), ['exponential(options).max']],
    [() => exponential('1s', { jitter: 'yes' } as object), ['exponential(options).jitter']],
    [() => exponential('1s', { jitter: null } as object), ['exponential(options).jitter']],
    [() => exponential('1s', { typo: 1 } as object), ['exponential(options).typo']],
    [() => exponential('1s', null as unknown as object), ['exponential(options)']],
    [() => exponential('1s', 2 as unknown as object), ['exponential(options)']],
    [() => exponential('1s', new Map([['max', '1h']]) as object), ['exponential(options)']],
    [
      () => exponential(-1, { factor: 0, max: 'x' as '1s' }),
      ['exponential(initial)', 'exponential(options).factor', 'exponential(options).max'],
    ],
    [() => exponential('1s', { max: '1s', factor: 1 }), []],
  ])('%s', (make, problems) => {
    expect(problemsOf(make)).toEqual(problems);
  });
});
