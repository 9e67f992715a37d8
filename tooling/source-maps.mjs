import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { decode, encode } from '@jridgewell/sourcemap-codec';
import ts from 'typescript';

/**
 * A source map as it is published: it names lines, not columns, and leads to the TypeScript in `dist/src`, which both
 * formats share. That is a quarter of the bytes.
 *
 * @param code what the map belongs to
 */
export function publishedMap({ version, sources, mappings }, file, code) {
  const texts = code.split('\n');
  const lines = decode(mappings).map((segments, index) =>
    segments.filter(isOfCode(/^\s*/.exec(texts[index])[0].length)).filter(startsALine),
  );
  return { version, file, sources: sources.map(publishedSource), names: [], mappings: encode(lines) };
}

/** Whether a segment is not of the indentation alone: nothing happens there. */
function isOfCode(indentation) {
  return (_segment, index, segments) => index + 1 === segments.length || segments[index + 1][0] > indentation;
}

/** Whether a segment leads to another line than the one before it. */
function startsALine([, source, line], index, segments) {
  const before = segments[index - 1];
  return before === undefined || before[1] !== source || before[2] !== line;
}

/** `../src/a.ts`, as it is named from dist, becomes `src/a.ts`; what is bundled from elsewhere keeps its name. */
function publishedSource(source) {
  return source.startsWith('../src/') ? source.slice(3) : source;
}

/** Writes the sources that a map names into `dist/src`, without their comments. */
export function writeSources({ sources }) {
  for (const source of sources) {
    const published = publishedSource(source);
    if (published === source) continue;
    const file = join('dist', published);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, withoutComments(readFileSync(posix.join('dist', source), 'utf8')));
  }
}

/** What bundlers and debuggers read, and what a licence asks for. */
const isRead = /^\/\/# |^\/\*!|[@#]__\w+__|@license|webpack|vite-ignore/;

/** Leaves comments out, and each line where it is: they stand in the types, and maps go on being right. */
export function withoutComments(text) {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const comments = new Map();
  const visit = (node) => {
    for (const { pos, end } of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [])
      if (!isRead.test(text.slice(pos, end))) comments.set(pos, end);
    ts.forEachChild(node, visit);
  };
  visit(source);
  let bare = '';
  let at = 0;
  for (const [begin, end] of [...comments].sort(([one], [other]) => one - other)) {
    if (begin < at) continue;
    bare += text.slice(at, begin) + text.slice(begin, end).replaceAll(/[^\n]/g, '');
    at = end;
  }
  return bare + text.slice(at);
}
