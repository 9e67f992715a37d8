import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checks, clauses, runConformance, type CheckResult, type StorageHarness } from '../../src/index.js';
import { harnessOf, ReferenceBackend } from './reference/mutant.js';
import { staysBecause, table } from './table.js';

/** How many mutants run at once: most of a run is waiting. */
const atOnce = 12;
const folder = new URL('./faults/', import.meta.url);
const names = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
/** These wait for a hang or an outage to be called one: they go first. */
const slow = ['hangs', 'stays-down', 'works-after', 'waiting-callers', 'watch-dies', 'list-never', 'dead-holders'];

const failures = new Map<string, CheckResult[]>();

async function runAll(): Promise<void> {
  const left = [...names].sort((one, other) => rank(one) - rank(other));
  const worker = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const { harness } = (await import(new URL(`${name}.ts`, folder).pathname)) as { harness: StorageHarness };
      const { results } = await runConformance(harness, { seed: 7 });
      failures.set(
        name,
        results.filter(({ outcome }) => outcome === 'failed'),
      );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function rank(name: string): number {
  return slow.some((begin) => name.startsWith(begin)) ? 0 : 1;
}

beforeAll(runAll, 240_000);
afterAll(() => failures.clear());

describe('the reference that every mutant spoils', () => {
  test('passes every check', async () => {
    const { results } = await runConformance(harnessOf(ReferenceBackend), { seed: 7 });
    expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  }, 60_000);
});

describe('a mutant', () => {
  test.each(table.map((row) => [row.mutant, row] as const))(
    '%s fails its clause in the words of the table',
    (_, row) => {
      const told = (failures.get(row.mutant) ?? []).filter(({ clause }) => clause === row.clause);
      const fitting = told.filter(({ explanation = '' }) => row.words.every((word) => explanation.includes(word)));
      expect({
        clause: row.clause,
        words: row.words,
        told: told.map(({ explanation }) => explanation),
        fits: fitting.length > 0,
      }).toMatchObject({
        fits: true,
      });
    },
  );

  test('is never blamed on its harness', () => {
    const blamed = [...failures].filter(([, results]) => results.some(({ clause }) => clause === 'harness'));
    expect(blamed).toEqual([]);
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
    const alone = new Set(
      [...failures.values()].filter((results) => results.length === 1).map(([result]) => result?.title),
    );
    const idle = checks.map(({ title }) => title).filter((title) => !alone.has(title));
    expect(idle.filter((title) => !Object.hasOwn(staysBecause, title))).toEqual([]);
    expect(Object.keys(staysBecause).filter((title) => !checks.some((check) => check.title === title))).toEqual([]);
  });

  test('every title begins with its clause and is told once', () => {
    expect(checks.filter(({ clause, title }) => !title.startsWith(`${clause} `))).toEqual([]);
    expect(new Set(checks.map(({ title }) => title)).size).toBe(checks.length);
  });
});
