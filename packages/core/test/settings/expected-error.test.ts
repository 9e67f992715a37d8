import { describe, expect, test } from '@jest/globals';
import { expected, isCircuitryError } from '@circuitry/core';
import { isExpected } from '../../src/errors/expected-error.js';
import { revoked, thrower } from '../isolation/support/nonsense.js';

/** An error inside so many others. */
function nested(error: unknown, depth: number): unknown {
  return depth === 0 ? error : new Error(`outer ${depth}`, { cause: nested(error, depth - 1) });
}

describe('an expected error', () => {
  test('wraps the original, with its message and its stack to look at', () => {
    const original = new TypeError('no such user');
    const wrapped = expected(original);
    expect(wrapped).toMatchObject({
      name: 'ExpectedError',
      code: 'ERR_EXPECTED',
      message: 'no such user',
      cause: original,
    });
    expect(isCircuitryError(wrapped, 'ERR_EXPECTED')).toBe(true);
    expect(expected('plain text')).toMatchObject({ message: 'plain text', cause: 'plain text' });
  });

  test.each<[string, () => unknown]>([
    ['an object without a prototype', () => Object.create(null)],
    ['a revoked proxy', revoked],
    ['an object whose toString throws', () => ({ toString: thrower })],
    ['an error whose message throws', () => Object.defineProperty(new Error('x'), 'message', { get: thrower })],
    ['an error whose message is a symbol', () => Object.assign(new Error('x'), { message: Symbol('m') })],
  ])('wraps %s as well', (_, make) => {
    const cause = make();
    const wrapped = expected(cause);
    expect(wrapped.cause === cause).toBe(true);
    expect(isExpected(wrapped)).toBe(true);
  });

  test('is known by what it says of itself, whoever made it', () => {
    expect(isExpected(expected(new Error('x')))).toBe(true);
    expect(isExpected({ isExpected: () => true })).toBe(true);
    class Own extends Error {
      readonly wanted = true;
      isExpected(): boolean {
        return this.wanted;
      }
    }
    expect(isExpected(new Own())).toBe(true);
  });

  test('is known as the cause of another error, as deep as anybody nests them', () => {
    expect(isExpected(nested(expected('x'), 1))).toBe(true);
    expect(isExpected(nested(expected('x'), 15))).toBe(true);
    expect(isExpected(nested(expected('x'), 16))).toBe(false);
  });
});

describe('an error is not expected', () => {
  test.each([
    [null],
    [undefined],
    ['expected'],
    [7],
    [new Error('x')],
    [{ isExpected: true }],
    [{ isExpected: () => 1 }],
    [{ isExpected: () => false }],
    [nested(new Error('x'), 3)],
  ])('if it does not say so: %p', (error) => {
    expect(isExpected(error)).toBe(false);
  });

  test('if its causes are a circle', () => {
    const error = new Error('round') as Error & { cause?: unknown };
    error.cause = error;
    expect(isExpected(error)).toBe(false);
  });

  test('if it throws when it is asked', () => {
    const throwing = (): never => {
      throw new Error('no answer');
    };
    expect(isExpected({ isExpected: throwing })).toBe(false);
    expect(isExpected(Object.defineProperty({}, 'isExpected', { get: throwing }))).toBe(false);
    expect(isExpected(Object.defineProperty({}, 'cause', { get: throwing }))).toBe(false);
  });
});
