import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { checks, clauses, type CheckResult } from '../../src/index.js';
import { references, runMutants, seedsThatMiss } from './run-mutants.js';
import { staysBecause, table } from './table.js';

const names = readdirSync(new URL('./faults/', import.meta.url)).map((file) => file.replace(/\.ts$/, ''));

let found: ReadonlyMap<string, readonly CheckResult[]>;
beforeAll(async () => {
  found = await runMutants(names);
  // A bound for what hangs: a machine that is busy with more needs some minutes.
}, 600_000);

/** The checks that a mutant fails. */
function failuresOf(name: string): readonly CheckResult[] {
  return (found.get(name) as readonly CheckResult[]).filter(({ outcome }) => outcome === 'failed');
}

describe('a reference that mutants spoil', () => {
  test.each(references)('passes every check: %s', (name) => {
    expect(found.get(name)).toEqual([]);
  });
});

describe('a mutant', () => {
  test.each(table.map((row) => [row.mutant, row] as const))(
    '%s fails its clause in the words of the table, and its harness is not blamed',
    (_, row) => {
      const failed = failuresOf(row.mutant);
      const told = failed.filter(({ clause }) => clause === row.clause);
      const fitting = told.filter(({ explanation = '' }) => row.words.every((word) => explanation.includes(word)));
      expect({
        clause: row.clause,
        words: row.words,
        told: told.map(({ explanation }) => explanation),
        fits: fitting.length > 0,
      }).toMatchObject({
        fits: true,
      });
      expect(failed.filter(({ clause }) => clause === 'harness')).toEqual([]);
    },
  );
});

test('what a failing check tells of its calls is a line each, that a screen can hold: long records are not repeated', () => {
  const explained = names.flatMap((name) => failuresOf(name).map(({ explanation = '' }) => explanation));
  const calls = explained.flatMap((text) => text.split('\n').filter((line) => /^ {4}\S.* -> /.test(line)));
  expect(calls.length).toBeGreaterThan(1_000);
  expect(calls.filter((line) => line.length > 400)).toEqual([]);
});

describe('a mutant that errs only where two writers meet', () => {
  const meeting = table.filter(({ meets }) => meets);

  test('fails its clause under every seed', async () => {
    const missed = await seedsThatMiss(meeting, 25);
    expect([...missed.keys()]).toEqual(meeting.map(({ mutant }) => mutant));
    expect([...missed].filter(([, seeds]) => seeds.length > 0)).toEqual([]);
  });
});

describe('clauses, checks and mutants', () => {
  test('every mutant has its row, and every row its mutant', () => {
    expect([...names].sort()).toEqual(table.map(({ mutant }) => mutant).sort());
    expect(names.length).toBeGreaterThanOrEqual(45);
  });

  test('every clause has a check, or says why it has none', () => {
    const unchecked = clauses.filter(
      ({ id, unchecked: reason }) => reason === undefined && !checks.some(({ clause }) => clause === id),
    );
    expect(unchecked).toEqual([]);
    expect(checks.filter(({ clause }) => !clauses.some(({ id }) => id === clause))).toEqual([]);
  });

  test('every clause with a check is failed by a mutant of its own row', () => {
    const checked = new Set(checks.map(({ clause }) => clause));
    expect([...checked].filter((id) => !table.some(({ clause }) => clause === id))).toEqual([]);
  });

  test('every check kills a mutant that no other check kills, or says why it stays', () => {
    const alone = new Set<string>();
    for (const name of names) {
      const [only, ...others] = failuresOf(name);
      if (only !== undefined && others.length === 0) alone.add(only.title);
    }
    const idle = checks.map(({ title }) => title).filter((title) => !alone.has(title));
    expect(idle.filter((title) => !Object.hasOwn(staysBecause, title))).toEqual([]);
    expect(Object.keys(staysBecause).filter((title) => !checks.some((check) => check.title === title))).toEqual([]);
  });

  test('every title begins with its clause and is told once', () => {
    expect(checks.filter(({ clause, title }) => !title.startsWith(`${clause} `))).toEqual([]);
    expect(new Set(checks.map(({ title }) => title)).size).toBe(checks.length);
  });
});
