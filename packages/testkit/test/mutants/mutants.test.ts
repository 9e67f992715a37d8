import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { checks, clauses, type CheckResult, type StorageHarness } from '../../src/index.js';
import { runVirtually } from '../virtual-time.js';
import { harnessOf, ReferenceBackend } from './reference/mutant.js';
import { staysBecause, table } from './table.js';

const folder = new URL('./faults/', import.meta.url);
const names = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));

const failures = new Map<string, readonly CheckResult[]>();

/** The checks that a mutant fails; it runs once. */
async function failuresOf(name: string): Promise<readonly CheckResult[]> {
  const known = failures.get(name);
  if (known !== undefined) return known;
  const { harness } = (await import(new URL(`${name}.ts`, folder).pathname)) as { harness: StorageHarness };
  const { results } = await runVirtually(harness, { seed: 7 });
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  failures.set(name, failed);
  return failed;
}

describe('the reference that every mutant spoils', () => {
  test('passes every check', async () => {
    const { results } = await runVirtually(harnessOf(ReferenceBackend), { seed: 7 });
    expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  });
});

describe('a mutant', () => {
  test.each(table.map((row) => [row.mutant, row] as const))(
    '%s fails its clause in the words of the table, and its harness is not blamed',
    async (_, row) => {
      const failed = await failuresOf(row.mutant);
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

  test('every check kills a mutant that no other check kills, or says why it stays', async () => {
    const alone = new Set<string>();
    for (const name of names) {
      const [only, ...others] = await failuresOf(name);
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
