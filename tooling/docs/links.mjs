import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { root } from '../command.mjs';
import { proseOf, read } from './documents.mjs';

const link =
  /\[(?:[^[\]]|\[[^\]]*\])*\]\(([^()\s]+(?:\([^()]*\)[^()\s]*)?)(?:\s+"[^"]*")?\)|<(?:img|a) [^>]*(?:src|href)="([^"]+)"/g;
const definition = /^ {0,3}\[[^\]]+\]:\s+(\S+)/gm;

/** The links of a document that lead nowhere in this repository. Those to other hosts are not followed. */
export function brokenLinks(file, text = read(file)) {
  const prose = withoutCode(proseOf(file, text));
  const targets = [...prose.matchAll(link), ...prose.matchAll(definition)].map((match) => ({
    target: match[1] ?? match[2],
    line: prose.slice(0, match.index).split('\n').length,
  }));
  return targets.flatMap(({ target, line }) => {
    const fault = faultOf(file, text, target);
    return fault === null ? [] : [`${file}:${line}: ${target} ${fault}`];
  });
}

function faultOf(file, text, target) {
  if (/^[a-z]+:/i.test(target)) return null;
  const [path, anchor] = target.split('#');
  const aim = path === '' ? file : normalize(join(dirname(file), decodeURI(path)));
  if (aim.startsWith('..')) return 'leads out of the repository';
  if (aim !== file && !existsSync(join(root, aim))) return 'leads to no file';
  if (anchor === undefined || anchor === '' || !aim.endsWith('.md')) return null;
  return anchorsOf(aim, aim === file ? text : read(aim)).has(anchor) ? null : `: ${aim} has no such heading`;
}

/** What headings can be linked by, as GitHub names them: the second of two alike gets -1, and so on. */
function anchorsOf(file, text) {
  const anchors = new Set();
  const counts = new Map();
  for (const [, heading] of proseOf(file, text).matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)) {
    const slug = slugOf(heading);
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  for (const [, id] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

function slugOf(heading) {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

function withoutCode(text) {
  return text.replaceAll(/`[^`\n]+`/g, (code) => ' '.repeat(code.length));
}
