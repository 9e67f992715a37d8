import { expect, test } from '@jest/globals';
import type { NamedRecord } from '@circuitry/core';
import { listAll } from '../src/circuits/listing.js';
import { openRecord, recordOf } from './support/records.js';

test('a circuit that opens while the troubled ones are listed is not left out', async () => {
  const began = Date.now();
  const store = new Map([
    ['a/open', openRecord(600_000)],
    ['b/calm', recordOf()],
    ['c/opens', recordOf()],
  ]);
  async function* list({ only }: { readonly only?: 'troubled' }): AsyncGenerator<NamedRecord> {
    for (const [name, record] of store) if (only === undefined || record.state !== 'closed') yield { name, record };
    if (only === 'troubled') store.set('c/opens', { ...openRecord(600_000), since: began + 1 });
  }
  const names: string[] = [];
  for await (const { name } of listAll(list, {}, began)) names.push(name);
  expect(names).toEqual(['a/open', 'b/calm', 'c/opens']);
});
