import { describe, expect, it } from '@jest/globals';
import { read, tableOf } from '../../docs/documents.mjs';

// A README is all that a stranger has of a package. What it repeats of the documents says the same.

const cells = (row) => row.map((cell) => cell.replaceAll('`', ''));

describe("core's README", () => {
  const own = tableOf('packages/core/README.md', 'option').map(cells);
  const documented = new Map(
    tableOf('docs/choosing-options.md', 'option')
      .map(cells)
      .map(([option, , , fallback]) => [option, fallback.replace(/^see .*/, 'see the docs')]),
  );

  it.each(own)('gives the default of %s as the documents do', (option, _meaning, fallback) => {
    expect(fallback).toBe(documented.get(option));
  });

  it('names errors that there are', () => {
    const known = tableOf('docs/errors.md', 'code').map((row) => cells(row)[0]);
    const named = tableOf('packages/core/README.md', 'code').map((row) => cells(row)[0]);
    expect(named.length).toBeGreaterThan(5);
    expect(known).toEqual(expect.arrayContaining(named));
  });
});

it("the rights that the Redis backend's README gives are those of its document", () => {
  const rights = (file) => /^ACL SETUSER (?:.*\\\n)*.*$/m.exec(read(file))[0];
  expect(rights('packages/backend-redis/README.md')).toBe(rights('docs/redis.md'));
});

it("the rights that the DynamoDB backend's README gives are those of its document", () => {
  const actions = [...read('docs/dynamodb.md').matchAll(/"Action": \[(.*)\]/g)].flatMap(([, list]) =>
    [...list.matchAll(/dynamodb:(\w+)/g)].map(([, action]) => action),
  );
  const section = read('packages/backend-dynamodb/README.md').split('## Rights')[1].split('Whoever makes the table')[0];
  const given = [...section.matchAll(/`(?:dynamodb:)?([A-Z]\w+)`/g)].map(([, action]) => action);
  expect(given.sort()).toEqual(actions.sort());
});
