import { beforeAll, describe, expect, it } from '@jest/globals';
import { fencesOf } from '../../docs/documents.mjs';
import { wrongMark } from '../../docs/marks.mjs';
import { wrongDiagrams } from '../../docs/mermaid.mjs';
import { runPrograms } from '../../docs/programs.mjs';
import { wrongCommands } from '../../docs/shell.mjs';
import { typeCheck } from '../../docs/type-check.mjs';

// The documents pass the checks; these show that the checks can fail, each for its own reason.

/** The fences of a document that says this and nothing else. */
function fences(info, ...lines) {
  return fencesOf('docs/made-up.md', ['# Made up', '', `\`\`\`${info}`, ...lines, '```', ''].join('\n'));
}

describe('a program', () => {
  const cases = [
    [
      'that prints something else than it says is told by line',
      ["console.log('closed'); // → open"],
      /docs\/made-up\.md:4: says\s+open\s+but printed\s+closed/,
    ],
    [
      'that prints more often than it says is told',
      ['for (const each of [1, 1]) console.log(each); // → 1'],
      /but printed\s+1\s+1/,
    ],
    [
      'that never prints what it says is told',
      ['if (Date.now() < 0) console.log(1); // → 1'],
      /says\s+1\s+but printed/,
    ],
    [
      'that prints what it says passes, several lines and … included',
      ["console.log('a 17 ms');", '// → a … ms', "console.log('b\\nc'); // → b", '// → c'],
      /^$/,
    ],
    ['that throws is told with what it threw', ["throw new Error('broken example');"], /code 1[^]*broken example/],
    ['that imports what nobody installed is told', ["import 'no-such-package';"], /no-such-package/],
    ['with an → behind no call of console is told', ['const a = 1; // → 1'], /^docs\/made-up\.md:4: → behind no call/],
  ];
  let complaints;
  beforeAll(async () => {
    complaints = await runPrograms(
      cases.flatMap(([, lines]) => fences('ts', ...lines)),
      new Map(),
    );
  });

  it.each(cases.map(([title, , pattern], index) => [title, index, pattern]))('%s', (_title, index, pattern) => {
    expect(complaints[index].join('\n')).toMatch(pattern);
  });
});

describe('a fence', () => {
  it('with a type error, or a name that is not exported, is told by the line of its document', () => {
    const errors = typeCheck([
      ...fences('ts', "import { circuitName } from '@circuitry/core';", 'circuitName(true);'),
      ...fences('ts', "import { nothing } from '@circuitry/core';"),
    ]);
    expect(errors).toEqual([
      [expect.stringMatching(/^docs\/made-up\.md:5: .*boolean/)],
      [expect.stringMatching(/^docs\/made-up\.md:4: .*nothing/)],
    ]);
  });

  it.each(['', 'cobol', 'ts chekc', 'ts check', 'sh no-run'])('marked "%s" is told', (info) => {
    expect(fences(info, '1').map(wrongMark)).toEqual([expect.any(String)]);
  });

  it('that is never closed is told', () => {
    expect(() => fencesOf('docs/made-up.md', '```ts\n')).toThrow('docs/made-up.md:1: this fence is never closed');
  });

  it.each(['npm run demmo', 'npm install @circuitry/cor', 'npx some-tool', 'rm -rf .', 'node no-such-file.mjs'])(
    'with the command %s is told',
    (command) => {
      expect(fences('sh', command).flatMap(wrongCommands)).toEqual([expect.stringMatching(/^docs\/made-up\.md:4: /)]);
    },
  );

  it.each([
    ['stateDiagramm'],
    ['stateDiagram-v2', 'closed -> open'],
    ['stateDiagram-v2', 'state round {', 'a --> b'],
    ['sequenceDiagram', 'worker->>store'],
    ['flowchart LR', 'a --> b[unclosed'],
  ])('with the diagram %s / %s is told', (...lines) => {
    expect(wrongDiagrams(fences('mermaid', ...lines)).flat()).toHaveLength(1);
  });
});
