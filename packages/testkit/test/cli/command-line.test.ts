import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../../src/cli/command-line.js';
import { formats } from '../../src/cli/formats.js';
import { summaryOf } from '../../src/cli/summary.js';
import type { ConformanceReport } from '../../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'circuitry-cli-'));
const file = (name: string): string => join(folder, name);
beforeAll(() => {
  writeFileSync(file('throws.mjs'), "export const harness = { open() { throw new Error('no server here'); } };");
  writeFileSync(file('nothing.mjs'), 'export const other = 1;');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function command(...argv: string[]): Promise<{ code: number; out: string; progress: string }> {
  return commandOn(false, ...argv);
}

async function commandOn(
  interactive: boolean,
  ...argv: string[]
): Promise<{ code: number; out: string; progress: string }> {
  let out = '';
  let progress = '';
  const terminal = {
    out: (text: string) => void (out += text),
    progress: (text: string) => void (progress += text),
    interactive,
  };
  const code = await runCommandLine(argv, terminal, '1.2.3');
  return { code, out, progress };
}

describe('the command line', () => {
  test('explains itself with --help and ends with 0', async () => {
    const { code, out } = await command('--help');
    expect(out).toContain('--only <clauses>');
    expect(out).toContain('Exit codes');
    expect(code).toBe(0);
  });

  test('says its version with --version and ends with 0', async () => {
    expect(await command('--version')).toEqual({ code: 0, out: '1.2.3\n', progress: '' });
  });

  test.each([
    ['no file', []],
    ['an unknown option', ['x.mjs', '--colour']],
    ['an unknown format', ['x.mjs', '--format', 'html']],
    ['a repeat that is no number', ['x.mjs', '--repeat', 'often']],
    ['a negative seed', ['x.mjs', '--seed', '-1']],
    ['an unknown clause', [file('throws.mjs'), '--only', 'Z9']],
    ['a module without a harness', [file('nothing.mjs')]],
  ])('ends with 2 and says why over %s', async (_, argv) => {
    const { code, out, progress } = await command(...argv);
    expect(progress).toMatch(/error|exports no harness|Z9/);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  test('ends with 2 where the harness fails, and blames no clause', async () => {
    const { code, out } = await command(file('throws.mjs'), '--only', 'R1');
    expect(out).toContain('The harness is at fault, before any check; no clause is blamed for it.');
    expect(out).toContain('no server here');
    expect(code).toBe(2);
  });
});

describe('the progress of a run', () => {
  test('is one line that is written over on a screen, and away at the end', async () => {
    const { progress } = await commandOn(true, file('throws.mjs'), '--only', 'R1');
    expect(progress.split('\r\u001b[K').slice(1)).toEqual([
      expect.stringMatching(/^0\/1 FAILED harness: open\(\) /),
      expect.stringMatching(/^0\/1 R1 retrieve of an unknown name/),
      '',
    ]);
  });

  test('is a line for each failure elsewhere', async () => {
    const { progress } = await command(file('throws.mjs'), '--only', 'R1');
    expect(progress).toMatch(/^0\/1 FAILED harness: open\(\) .*\n$/);
  });
});

describe('a report', () => {
  const report: ConformanceReport = {
    passed: false,
    seed: 9,
    results: [
      { clause: 'R1', title: 'R1 one & <two>', outcome: 'passed', duration: 3 },
      {
        clause: 'A2',
        title: 'A2 three',
        outcome: 'failed',
        duration: 4,
        explanation: 'A2 three\n  did\n  expected\n  Seen: "\u0000"\n  more',
      },
      { clause: 'W1', title: 'W1 four #', outcome: 'skipped', duration: 0, explanation: 'no watch' },
    ],
  };

  test('is a table with the failures in full and a summary', () => {
    const text = formats.table(report, 'mine.mjs');
    expect(text).toContain('A2      FAILED   4 ms  three');
    expect(text).toContain('skipped W1: no watch');
    expect(text.trimEnd()).toMatch(/circuitry storage contract v1 \| failing: 1 of 2 checks, 1 skipped \| seed 9$/);
  });

  test('is TAP 14', () => {
    const lines = formats.tap(report, 'mine.mjs').split('\n');
    expect(lines.slice(0, 2)).toEqual(['TAP version 14', '1..3']);
    expect(lines).toContain('not ok 2 - A2 three');
    expect(lines).toContain('ok 3 - W1 four \\# # SKIP no watch');
  });

  test('is JSON with the data of a badge', () => {
    const { badge, results, seed } = JSON.parse(formats.json(report, 'mine.mjs')) as ReturnType<typeof summaryOf> &
      ConformanceReport;
    expect(badge).toEqual({
      schemaVersion: 1,
      label: 'circuitry storage contract v1',
      message: 'failing: 1 of 2 checks, 1 skipped',
      color: 'red',
    });
    expect({ seed, count: results.length }).toEqual({ seed: 9, count: 3 });
  });

  test('is JUnit XML, escaped, without characters that XML can’t hold', () => {
    const text = formats.junit(report, 'mine.mjs');
    expect(text).toContain('name="R1 one &amp; &lt;two&gt;"');
    expect(text).toContain('<testsuites tests="3" failures="1" skipped="1">');
    expect(text).toContain('<skipped message="no watch"/>');
    expect(text).not.toContain('\u0000');
  });

  test('turns the badge bright green only where nothing was skipped', () => {
    const passing = { ...report, passed: true };
    expect(summaryOf({ ...passing, results: report.results.slice(0, 1) }).badge.color).toBe('brightgreen');
    expect(summaryOf({ ...passing, results: [report.results[0]!, report.results[2]!] }).badge.color).toBe('green');
  });
});
