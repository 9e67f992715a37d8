import { expect, test } from '@jest/globals';
import { circuitName } from '@circuitry/core';
import { circuitKind } from '@circuitry/core/backend';
import fc from 'fast-check';

test.each([
  ['send-mail/acme', 'send-mail'],
  ['send-mail', 'send-mail'],
  ['a%2Fb/c', 'a/b'],
  ['50%25/c', '50%'],
  ['%252F/c', '%2F'],
  ['%00/c', ''],
  ['/c', ''],
  ['50%/c', '50%'],
  ['a%zz/c', 'a%zz'],
])('%j is of the kind %j', (name, kind) => {
  expect(circuitKind(name)).toBe(kind);
});

test('the kind of a name made of parts is the first of them', () => {
  const part = fc.string({ unit: 'binary' });
  fc.assert(fc.property(part, fc.array(part), (kind, rest) => circuitKind(circuitName(kind, ...rest)) === kind));
});
