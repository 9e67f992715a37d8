import type { Duration, ErrorMatcher, ResultMatcher } from '@circuitry/core';

/** The ignored outcome of a scenario: the default matcher has none but the caller's abort. */
export const ignored: Error = new Error('ignored');

/** A value that says that the dependency failed, and maybe how long to wait. */
export class FailingValue {
  readonly openFor: Duration | undefined;

  constructor(openFor: Duration | undefined) {
    this.openFor = openFor;
  }
}

export class HTTPError extends Error {
  override readonly name = 'HTTPError';
  readonly status = 503;
}

/** A failure may bring along how long the dependency says to wait. */
export const matchError: ErrorMatcher = (error) => {
  if (error === ignored) return 'ignored';
  const { openFor } = error as { readonly openFor?: Duration };
  return (openFor === undefined ? undefined : { kind: 'failure', openFor }) as ReturnType<ErrorMatcher>;
};

export const matchResult: ResultMatcher = (value) => {
  if (!(value instanceof FailingValue)) return 'success';
  return value.openFor === undefined ? 'failure' : { kind: 'failure', openFor: value.openFor };
};
