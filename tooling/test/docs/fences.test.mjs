import { beforeAll, describe, expect, it } from '@jest/globals';
import { documents, fencesOf } from '../../docs/documents.mjs';
import { isProgram, whyNotHere, wrongMark } from '../../docs/marks.mjs';
import { wrongDiagrams } from '../../docs/mermaid.mjs';
import { runPrograms } from '../../docs/programs.mjs';
import { wrongCommands } from '../../docs/shell.mjs';
import { typeCheck } from '../../docs/type-check.mjs';

const byDocument = documents().map((file) => fencesOf(file));
const fences = byDocument.flat();
const where = ({ file, line, language }) => `${file}:${line} (${language})`;
const only = (...languages) => fences.filter(({ language }) => languages.includes(language));
/** Like it.each, also where there is nothing to test. */
const each = (list, title, test) => list.forEach((item) => it(`${where(item)} ${title}`, () => test(item)));

it('every fence says what it is, in words that the tests know', () => {
  const faults = fences.map((fence) => [fence, wrongMark(fence)]).filter(([, fault]) => fault !== null);
  expect(faults.map(([{ file, line }, fault]) => `${file}:${line}: ${fault}`)).toEqual([]);
});

describe('types', () => {
  const checked = only('ts');
  let errors;
  beforeAll(() => {
    errors = new Map(typeCheck(checked).map((found, index) => [checked[index], found]));
  });

  each(checked, 'has no type errors', (fence) => expect(errors.get(fence)).toEqual([]));
});

describe('programs', () => {
  const programs = fences.filter(isProgram);
  const here = programs.filter((fence) => whyNotHere(fence) === null);
  const complaints = new Map();
  beforeAll(async () => {
    const results = await runPrograms(here, outputsOf(byDocument));
    here.forEach((fence, index) => complaints.set(fence, results[index]));
    // A machine that does other things besides takes its time.
  }, 300_000);

  each(here, 'runs, prints what it says, and ends', (fence) => expect(complaints.get(fence)).toEqual([]));
  for (const fence of programs.filter((each) => !here.includes(each))) {
    it.skip(`${where(fence)} runs (${whyNotHere(fence)})`, () => {});
  }
});

describe('data', () => {
  each(only('json'), 'parses', ({ code }) => void JSON.parse(code));
});

describe('commands', () => {
  const checked = only('sh').filter(({ words }) => !words.includes('no-run'));
  each(checked, 'names commands that there are', (fence) => expect(wrongCommands(fence)).toEqual([]));
});

describe('diagrams', () => {
  it('can all be drawn', () => expect(wrongDiagrams(only('mermaid')).flat()).toEqual([]));
});

/** By program, the fence that tells all it prints: the next one of its document, if it is marked so. */
function outputsOf(lists) {
  const outputs = new Map();
  for (const list of lists) {
    list.forEach((fence, index) => {
      if (fence.words.includes('output')) outputs.set(list[index - 1], fence);
    });
  }
  return outputs;
}
