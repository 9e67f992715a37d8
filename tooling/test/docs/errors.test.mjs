import { describe, expect, it } from '@jest/globals';
import * as core from '@circuitry/core';
import { read, tableOf } from '../../docs/documents.mjs';

// The table of docs/errors.md, against the errors that core declares and exports.

const rows = tableOf('docs/errors.md', 'code').map(([code, name]) =>
  [code, name].map((cell) => cell.replaceAll('`', '')),
);
const sources = read('packages/core/src/errors/circuitry-error.ts');
const declared = [
  ...sources
    .split('CircuitryErrorCode =')[1]
    .split(';')[0]
    .matchAll(/'(ERR_\w+)'/g),
].map(([, code]) => code);

it('the table of errors has every code of CircuitryErrorCode, once, and no other', () => {
  expect(rows.map(([code]) => code).sort()).toEqual(declared.sort());
});

describe('the class beside each code', () => {
  const declaring = [
    'errors/storage-errors',
    'errors/settings-errors',
    'admission/refusal-errors',
    'errors/call-errors',
    'errors/expected-error',
  ]
    .map((file) => read(`packages/core/src/${file}.ts`))
    .join('\n');

  it.each(rows)('%s is declared by %s', (code, name) => {
    const [, body] = declaring.split(new RegExp(`export class ${name} extends `));
    expect(body).toMatch(new RegExp(`^\\w+ \\{\\s+(?:/\\*\\*[^]*?\\*/\\s+)?readonly code = '${code}';`));
  });

  it.each(rows)('%s: %s is exported, named so, and a CircuitryError', (_code, name) => {
    expect(core[name].prototype.name).toBe(name);
    expect(core[name].prototype).toBeInstanceOf(core.CircuitryError);
  });
});
