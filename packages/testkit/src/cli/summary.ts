import { contractVersion } from '@circuitry/core';
import type { ConformanceReport } from '../conformance/report.js';

/** A run in one line, and as the data of a badge (the endpoint format of shields.io). */
export interface Summary {
  readonly summary: string;
  readonly badge: {
    readonly schemaVersion: 1;
    readonly label: string;
    readonly message: string;
    readonly color: string;
  };
}

/** What came of a run, in one line that a badge can show. */
export function summaryOf({ passed, results, seed }: ConformanceReport): Summary {
  const count = (wanted: string): number => results.filter(({ outcome }) => outcome === wanted).length;
  const ran = results.length - count('skipped');
  const skipped = count('skipped') === 0 ? '' : `, ${count('skipped')} skipped`;
  const message = `${passed ? 'passing' : 'failing'}: ${count('passed')} of ${ran} checks${skipped}`;
  const label = `circuitry storage contract v${contractVersion}`;
  const color = !passed ? 'red' : count('skipped') === 0 ? 'brightgreen' : 'green';
  return { summary: `${label} | ${message} | seed ${seed}`, badge: { schemaVersion: 1, label, message, color } };
}
