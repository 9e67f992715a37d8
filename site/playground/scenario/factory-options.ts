import { exponential, failureRate, slowCallRate, type FactoryOptions } from '@circuitry/core';
import type { CircuitSettings } from './scenario.js';

/** What the settings on the page mean to a factory. `settings-as-code.ts` says the same in words of a program. */
export function factoryOptions(settings: CircuitSettings): Omit<FactoryOptions, 'backend'> {
  return {
    ...ruleOf(settings),
    allowAfter: settings.pauseGrows
      ? exponential(settings.pause * 1_000, { factor: 2, max: settings.pause * 8_000 })
      : settings.pause * 1_000,
    closeThreshold: settings.trials,
    consistency: settings.staleness === 0 ? 'strict' : { maxStaleness: settings.staleness },
    counting: settings.rule === 'consecutive' ? settings.counting : 'all',
    onStorageFailure: settings.onStorageFailure,
  };
}

function ruleOf(settings: CircuitSettings): Pick<FactoryOptions, 'trip' | 'failureCountThreshold' | 'slowCallAfter'> {
  const { rule, failures, rate, minimumCalls, window, slowAfter } = settings;
  if (rule === 'consecutive') return { failureCountThreshold: failures };
  const options = { threshold: rate / 100, minimumCalls, window: window * 1_000 };
  if (rule === 'rate') return { trip: failureRate(options) };
  return { trip: slowCallRate(options), slowCallAfter: slowAfter };
}
