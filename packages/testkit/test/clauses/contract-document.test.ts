import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { clauses } from '../../src/index.js';
import { chapters, uncheckedList } from './contract-document.js';

const path = new URL('../../../../docs/storage-contract.md', import.meta.url);

/** The document with what stands between its marks replaced. */
function withParts(text: string): string {
  const put = (document: string, mark: string, part: string): string =>
    document.replace(
      new RegExp(`(<!-- ${mark} -->\\n)[^]*?(\\n<!-- end of ${mark} -->)`),
      (_, begin: string, end: string) => `${begin}\n${part}\n${end}`,
    );
  return put(put(text, 'clauses', chapters()), 'unchecked', uncheckedList());
}

describe('docs/storage-contract.md', () => {
  test('says every clause as the data say it, and nothing else', () => {
    const written = readFileSync(path, 'utf8');
    // `CIRCUITRY_WRITE_DOCS=1` writes the document anew after a change of the data.
    if (process.env['CIRCUITRY_WRITE_DOCS'] === '1') writeFileSync(path, withParts(written));
    expect(readFileSync(path, 'utf8')).toBe(withParts(written));
  });

  test('names every clause once', () => {
    const titles = [...readFileSync(path, 'utf8').matchAll(/^### (\w+) \((?:MUST|MAY)\)$/gm)].map(([, id]) => id);
    expect(titles).toEqual(clauses.map(({ id }) => id));
  });
});

describe('a clause', () => {
  test('has an id of its own, and says what and why in whole sentences', () => {
    expect(new Set(clauses.map(({ id }) => id)).size).toBe(clauses.length);
    expect(clauses.filter(({ id }) => !/^[A-Z]\d$/.test(id))).toEqual([]);
    expect(clauses.filter(({ text, why }) => !text.endsWith('.') || !why.endsWith('.'))).toEqual([]);
  });
});
