import { describe, expect, it } from '@jest/globals';
import { MemoryBackend } from '@circuitry/core';
import { parseSettings } from '../../../packages/core/src/settings/parse-settings.js';
import { parseDuration } from '../../../packages/core/src/time/duration.js';
import { read, tableOf } from '../../docs/documents.mjs';

// The table of docs/choosing-options.md, against the parser that a factory asks.

const rows = new Map(
  tableOf('docs/choosing-options.md', 'option').map(([option, , takes, fallback]) => [
    option.replaceAll('`', ''),
    { takes, fallback },
  ]),
);
const backend = new MemoryBackend();
const settings = parseSettings({ backend });

const rule = settings.trip.bind({ name: 'c', circuit: 'c', context: {} }, () => {});
const tripsAt = [1, 2, 3, 4, 5, 6].find((consecutiveFailures) => rule.trips({ consecutiveFailures }));

/** What the parser takes where an option is not given. Words stand for what has no value. */
const defaults = {
  backend: 'required',
  nameFor: settings.nameFor('its-own', {}) === 'its-own' && "the circuit's own name",
  failureCountThreshold: tripsAt,
  trip: `consecutiveFailures(${tripsAt})`,
  closeThreshold: settings.closeThreshold.successes,
  allowAfter: settings.allowAfter,
  maxOpenFor: settings.maxOpenFor,
  calmPeriod: settings.calmPeriod,
  cyclicClearAfter: settings.cyclicClearAfter ?? 'never',
  trialLease: settings.trialLease,
  longestTrial: settings.longestTrial,
  trialRetryAfter: settings.trialRetryAfter,
  errorMatcher: settings.errorMatcher ?? 'see [below](#what-counts-as-a-failure)',
  errorMatchers: settings.errorMatchers.size === 0 && 'none',
  circuits: settings.circuits.size === 0 && 'none',
  resultMatcher: settings.resultMatcher ?? 'success',
  describeFailure: settings.describeFailure ?? 'name, code and status, never the message',
  slowCallAfter: settings.slowCallAfter === Infinity && 'none is',
  workTimeout: settings.workTimeout ?? 'none',
  consistency: settings.consistency ?? 'strict',
  onStorageFailure: settings.onStorageFailure,
  storageTimeout: settings.storageTimeout,
  retention: settings.retention,
  exclusive: settings.exclusive ?? 'false',
  onStateChange: settings.onStateChange ?? 'none',
  logger: 'silent',
  counting: settings.counting,
  retryJitter: settings.retryJitter,
  retryPace: settings.retryPace ?? 'no pace',
  mode: settings.mode,
  clock: 'systemClock',
  random: settings.random === Math.random && 'Math.random',
  maxCircuits: settings.maxCircuits,
};

it('the table of options has every option, and no other', () => {
  const declared = read('packages/core/src/settings/options.ts').split('export interface FactoryOptions')[1];
  const names = [...declared.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name);
  expect([...rows.keys()].sort()).toEqual(names.sort());
});

it.each([...rows.keys()])('the default of %s is the one that the parser takes', (option) => {
  expect(meant(rows.get(option).fallback)).toEqual(defaults[option]);
});

describe('the least value', () => {
  const bounded = [...rows].flatMap(([option, { takes }]) => {
    const [, least] = /from `([^`]+)`/.exec(takes) ?? [];
    return least === undefined ? [] : [[option, least]];
  });

  it.each(bounded)('of %s is %s', (option, least) => {
    const value = least === 'trialLease' ? settings.trialLease : meant(`\`${least}\``);
    const given = (each) => ({ backend, [option]: option === 'consistency' ? { maxStaleness: each } : each });
    expect(() => parseSettings(given(value))).not.toThrow();
    expect(() => parseSettings(given(value - 1))).toThrow(option);
  });
});

/** The value that a cell begins with, in ms where it is a duration; a cell without one is its words. */
function meant(cell) {
  const [, code] = /^`([^`]+)`/.exec(cell) ?? [];
  if (code === undefined) return cell;
  const text = code.replace(/^'(.*)'$/, '$1');
  if (/^[\d_.]+$/.test(text)) return Number(text.replaceAll('_', ''));
  return parseDuration(text) ?? text;
}
