import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../command.mjs';

/** Every document that people read, relative to the root folder. Changelogs are made by a tool. */
export function documents() {
  const packages = ['packages', 'examples'].flatMap((parent) => foldersIn(parent));
  return [...markdownIn(''), ...markdownBelow('docs'), ...packages.flatMap(markdownIn), ...markdownIn('benchmarks')];
}

export function read(file) {
  return readFileSync(join(root, file), 'utf8');
}

/** A document's fences, and what is wrong with their marks; the text of each is as it stands, line for line. */
export function fencesOf(file, text = read(file)) {
  const fences = [];
  let open = null;
  text.split('\n').forEach((line, index, lines) => {
    const mark = /^( {0,3})(`{3,}|~{3,})(.*)$/.exec(line);
    if (open === null && mark !== null) {
      const [, indent, ticks, info] = mark;
      const [language = '', ...words] = info.trim().split(/\s+/);
      open = { file, line: index + 1, language, words, ticks, indent, above: lines[index - 1] ?? '', code: [] };
    } else if (open !== null && mark !== null && mark[2].startsWith(open.ticks) && mark[3].trim() === '') {
      fences.push({ ...open, code: open.code.join('\n'), endLine: index + 1 });
      open = null;
    } else if (open !== null) {
      open.code.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    }
  });
  if (open !== null) throw new Error(`${file}:${open.line}: this fence is never closed`);
  return fences;
}

/** The text without its fences, line for line: what prose, tables and links stand in. */
function proseOf(file, text = read(file)) {
  const lines = text.split('\n');
  for (const fence of fencesOf(file, text)) {
    for (let line = fence.line; line <= fence.endLine; line += 1) lines[line - 1] = '';
  }
  return lines.join('\n');
}

/** The rows of the table whose header begins with `first`, each a list of its cells' texts. */
export function tableOf(file, first) {
  const lines = proseOf(file).split('\n');
  const header = lines.findIndex((line) => cellsOf(line)[0] === first);
  if (header === -1) throw new Error(`${file} has no table that begins with a column "${first}"`);
  const rows = [];
  for (let index = header + 2; lines[index]?.startsWith('|'); index += 1) rows.push(cellsOf(lines[index]));
  return rows;
}

function cellsOf(line) {
  if (!line.startsWith('|')) return [];
  return line
    .slice(1, line.trimEnd().lastIndexOf('|'))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

function foldersIn(parent) {
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
}

function markdownIn(folder) {
  return entriesOf(folder, false);
}

function markdownBelow(folder) {
  return entriesOf(folder, true);
}

function entriesOf(folder, recursive) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive })
    .map((name) => (folder === '' ? name : `${folder}/${name.replaceAll('\\', '/')}`))
    .filter((file) => file.endsWith('.md') && !file.endsWith('CHANGELOG.md'))
    .sort();
}
