import { expect, test } from '@jest/globals';
import type { Rules } from '../../src/machine/rules/rules.js';
import { rulesOf } from '../support/machine.js';
import type { Expectation } from './invariants.js';
import { search, type SearchOptions } from './search.js';
import { consecutiveFailuresRule } from '../../src/settings/trip/kinds/consecutive-failures.js';

const rules: Rules = rulesOf({
  trip: consecutiveFailuresRule(2),
  closing: { kind: 'consecutive-successes', successes: 2 },
  allowAfter: () => 2,
  trialLease: 2,
});

const twoInARow: Expectation = {
  threshold: 2,
  limitOf: ({ succeeded }) => 2 - succeeded,
  mayClose: ({ succeeded, failed }) => succeeded >= 2 && failed === 0,
  mayReopen: ({ failed }) => failed > 0,
};

const oneOfTwo: Expectation = {
  threshold: 2,
  limitOf: ({ succeeded, failed }) => 2 - succeeded - failed,
  mayClose: ({ succeeded }) => succeeded >= 1,
  mayReopen: ({ failed }) => failed >= 2,
};

const common = { workers: 2, renewals: 1, override: null, openFor: [], horizon: 5, mostDepth: 100 } as const;

const incident = [
  'tripped',
  'trial-round',
  'new-round',
  'trials-failed',
  'trials-succeeded',
  'one too many',
  'decide again',
  'give up',
];

const fleets: readonly (readonly [string, SearchOptions, readonly string[]])[] = [
  ['two failures and two successes in a row', { ...common, rules, expectation: twoInARow }, incident],
  [
    'a sample of two trials',
    {
      ...common,
      rules: { ...rules, closing: { kind: 'sample', trials: 2, successRate: 0.5 } },
      expectation: oneOfTwo,
      renewals: 0,
    },
    incident,
  ],
  [
    'counts that are cleared every 3 ms',
    { ...common, rules: { ...rules, cyclicClearAfter: 3 }, expectation: twoInARow, renewals: 0 },
    incident,
  ],
  [
    'an operator who forces it open and closed',
    { ...common, rules, expectation: twoInARow, renewals: 0, override: 2 },
    [...incident, 'forced-open', 'forced-closed', 'released', 'override-lapsed'],
  ],
  [
    'a dependency that tells them to wait for two times, and counts that are cleared every 3 ms',
    { ...common, rules: { ...rules, cyclicClearAfter: 3 }, expectation: twoInARow, renewals: 0, openFor: [2, 4] },
    ['told', 'give up', 'trial-round', 'new-round', 'trials-succeeded'],
  ],
];

test.each(fleets)(
  'with %s, two workers keep F1, F4, F5 and F8 in every order of their steps, crashes and time',
  (name, options, wanted) => {
    const { states, steps, depth, isComplete, seen } = search(options);
    process.stdout.write(`exhaustive search, ${name}: ${states} states by ${steps} steps, up to ${depth} deep\n`);
    expect([...seen]).toEqual(expect.arrayContaining([...wanted]));
    // No step leads out of what was visited: the whole space was searched, not a depth of it.
    expect(isComplete).toBe(true);
  },
);
