import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writeApiReference } from '../api-reference.mjs';

const described = `/** Says when. */
export function when(): number {
  return 0;
}
`;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'circuitry-reference-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

test('a clone without a remote has a reference, and nothing is wrong with it', async () => {
  const faults = await referenceOf(described);
  expect(faults).toEqual([]);
  expect(page()).toContain('Says when.');
  expect(page()).not.toContain('Defined in');
});

test('where the address is known, each description leads to its source', async () => {
  await referenceOf(described, 'https://git.example/acme/circuitry');
  expect(page()).toContain('(https://git.example/acme/circuitry/blob/main/packages/one/src/index.ts#L2)');
});

test('an exported name without a description is told', async () => {
  const faults = await referenceOf(described.replace(/.*\n/, ''));
  expect(faults).toEqual([expect.stringContaining('when (CallSignature)')]);
});

/** Writes the reference of a repository of two packages, whose source is `text`. */
async function referenceOf(text: string, repository: string | null = null): Promise<string[]> {
  const entries = ['one', 'two'].map((folder) => {
    const source = join(root, 'packages', folder, 'src/index.ts');
    write(source, folder === 'one' ? text : described);
    write(
      join(root, 'packages', folder, 'package.json'),
      JSON.stringify({ name: `@acme/${folder}`, version: '1.0.0' }),
    );
    return { name: `@acme/${folder}`, source };
  });
  const settings = { compilerOptions: { types: [] }, include: ['../packages/*/src/**/*.ts'] };
  write(join(root, 'site/tsconfig.api.json'), JSON.stringify(settings));
  execFileSync('git', ['init', '--quiet', root]);
  return writeApiReference({ root, into: join(root, 'api'), repository, entries });
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function page(): string {
  return readFileSync(join(root, 'api/@acme/one/functions/when.md'), 'utf8');
}
