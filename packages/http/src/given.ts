import type { CircuitBreakerFactory } from '@circuitry/core';
import { callable, isObject, objectWith, readOptions, type Reader } from '@circuitry/core/backend';

/** What must be given beside the options: told where it is made, not at the first call. */

const factoryReader = objectWith<CircuitBreakerFactory>('breakerFor');

const axiosReader: Reader<unknown> = (name, value, problems) => {
  // axios itself is a function.
  const given = (value ?? {}) as { readonly defaults?: unknown; readonly getUri?: unknown };
  if (!isObject(given.defaults) || typeof given.getUri !== 'function')
    problems.push({ name, value, expected: 'axios, or what axios.create() answered' });
  return value;
};

/** @throws InvalidSettingsError for what is none */
export function checkFactory(factory: unknown): void {
  readOptions({ factory: factoryReader }, { factory });
}

/** @throws InvalidSettingsError for what is none */
export function checkFetch(factory: unknown, fetch: unknown): void {
  readOptions({ factory: factoryReader, fetch: callable<unknown>() }, { factory, fetch });
}

/** @throws InvalidSettingsError for what is none */
export function checkAxios(instance: unknown, factory: unknown): void {
  readOptions({ instance: axiosReader, factory: factoryReader }, { instance, factory });
}
