import { describe, expect, test } from '@jest/globals';
import { assertName, isCircuitryError, longestName } from '@circuitry/core';

function faultOf(name: unknown): Error | null {
  try {
    assertName(name);
    return null;
  } catch (error) {
    if (isCircuitryError(error, 'ERR_INVALID_NAME')) return error;
    throw error;
  }
}

describe('a name', () => {
  test.each(['a', ' ', '\n', 'a/b:{c}', '__proto__', '😀', '\u0000', 'e\u0301', 'x'.repeat(1_024)])(
    'may be %j',
    (name) => {
      expect(faultOf(name)).toBeNull();
    },
  );

  test.each([
    ['a', 1],
    ['é', 2],
    ['€', 3],
    ['😀', 4],
    ['\u07ff', 2],
    ['\u0800', 3],
    ['\u007f', 1],
    ['\u0080', 2],
    ['\uffff', 3],
  ])('of %j may have 1,024 bytes of UTF-8 (%i each) and not one more', (character, bytes) => {
    const rest = longestName % bytes;
    const longest = character.repeat((longestName - rest) / bytes) + 'x'.repeat(rest);
    expect(faultOf(longest)).toBeNull();
    expect(faultOf(`${longest}x`)?.message).toContain(`at most 1024 UTF-8 bytes, not 1025`);
  });

  test('is counted in bytes, not in characters: 341 of three bytes fit, 342 do not', () => {
    expect(faultOf('€'.repeat(341))).toBeNull();
    expect(faultOf('€'.repeat(342))).not.toBeNull();
    expect(faultOf('x'.repeat(342))).toBeNull();
  });

  test('must not be empty', () => {
    expect(faultOf('')?.message).toContain('must not be empty');
  });

  test.each([undefined, null, 7, {}, ['a'], Symbol('a')])('must be a string', (name) => {
    expect(faultOf(name)?.message).toContain('must be a string');
  });

  test.each(['\ud800', '\udc00', 'a\ud800b', 'a\udc00', '\ude00\ud83d', '\ud83d\ud83d\ude00'])(
    'must not hold half a surrogate pair (%j): two names would become one',
    (name) => {
      expect(faultOf(name)?.message).toContain('half a surrogate pair');
    },
  );

  test('that is refused is shown, shortened', () => {
    expect(faultOf(`${'y'.repeat(63)}\ud800`)?.message).toContain(`${'y'.repeat(63)}\\ud800`);
    expect(faultOf('z'.repeat(2_000))?.message).toContain(`"${'z'.repeat(64)}…"`);
  });
});
