import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { circuitName, isCircuitryError } from '@circuitry/core';

describe('the name of a circuit made of parts', () => {
  test.each([
    [['send-mail', 'acme'], 'send-mail/acme'],
    [['a/b', 'c'], 'a%2Fb/c'],
    [['a', 'b/c'], 'a/b%2Fc'],
    [['50%', '%2F'], '50%25/%252F'],
    [['a', ''], 'a/%00'],
    [[''], '%00'],
    [['%00'], '%2500'],
    [['tenant', 42], 'tenant/42'],
    [['a b:{c}\n', '😀'], 'a b:{c}\n/😀'],
  ])('of %j is %s', (parts, name) => {
    expect(circuitName(...parts)).toBe(name);
  });

  test('is never that of other parts: no tenant can choose an id that is another circuit', () => {
    const part = fc.oneof(fc.constantFrom('', '%', '/', '%2F', '%25', '%00', 'a', 'a/b'), fc.string({ maxLength: 6 }));
    const parts = fc.array(part, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const isSame = one.length === other.length && one.every((each, index) => each === other[index]);
        return (circuitName(...one) === circuitName(...other)) === isSame;
      }),
      { numRuns: 300 },
    );
  });

  test('can be taken apart again', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (parts) => {
        const back = circuitName(...parts)
          .split('/')
          .map((part) => (part === '%00' ? '' : part.replaceAll('%2F', '/').replaceAll('%25', '%')));
        return back.length === parts.length && back.every((part, index) => part === parts[index]);
      }),
    );
  });

  test.each([
    [undefined, 'its part 2 is undefined'],
    [null, 'its part 2 is null'],
    [NaN, 'its part 2 is NaN'],
    [Infinity, 'its part 2 is Infinity'],
    [{}, 'its part 2 is {}'],
    [true, 'its part 2 is true'],
  ])('is refused with %p as a part: the undefined tenant must not be one for all', (part, message) => {
    let thrown: unknown;
    try {
      circuitName('send-mail', part as string);
    } catch (error) {
      thrown = error;
    }
    expect(isCircuitryError(thrown, 'ERR_INVALID_NAME')).toBe(true);
    expect((thrown as Error).message).toContain(message);
  });

  test('needs a part', () => {
    expect(() => circuitName()).toThrow('at least one part');
  });
});
