import { expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeReport } from '../src/report/report.mjs';
import { scalingDocument } from '../src/scaling/document.mjs';

const folder = join(import.meta.dirname, '..');
const read = (...path) => readFileSync(join(folder, ...path), 'utf8');
const results = JSON.parse(read('results', 'latest.json'));
const peersFile = join(folder, 'results', 'peers-node-20.json');
const peers = existsSync(peersFile) ? JSON.parse(readFileSync(peersFile, 'utf8')) : null;

it('docs/performance.md is what the kept results make', () => {
  expect(read('..', 'docs', 'performance.md')).toBe(writeReport(results, peers).document);
});

it('docs/scaling.md is what the kept results make', () => {
  expect(read('..', 'docs', 'scaling.md')).toBe(scalingDocument(results));
});
