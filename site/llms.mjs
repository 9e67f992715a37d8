import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Writes `llms.txt`, a list of the guides for programs that read, `llms-full.txt`, all of them in one, and beside each
 * page its Markdown. `pages`: those of `stageDocuments`.
 */
export function writeForPrograms(pages, into, site) {
  const guides = pages.filter(({ title }) => title !== null);
  const at = (page) => (site === null ? `/${page}` : new URL(page, site.endsWith('/') ? site : `${site}/`).href);
  const lines = guides.map(({ page, title, text }) => `- [${title}](${at(page)}): ${firstSentence(text)}`);
  const head = [
    '# circuitry',
    '',
    '> A circuit breaker for Node.js whose state many processes share: one circuit per tenant for a whole fleet of workers.',
    '',
    'Every program in these documents is type-checked and run by the tests.',
    '',
  ];
  write(join(into, 'llms.txt'), [...head, '## Guides', '', ...lines, ''].join('\n'));
  write(join(into, 'llms-full.txt'), [...head, ...guides.map(({ text }) => text)].join('\n\n'));
  for (const { page, text } of guides) write(join(into, page), text);
}

function firstSentence(text) {
  const prose = text.replace(/^---\n[^]*?\n---\n/, '').replace(/<!--[^]*?-->/g, '');
  const paragraph = prose.split(/\n\s*\n/).find((each) => /^[A-Z*`[]/.test(each.trim())) ?? '';
  const plain = paragraph
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return /^.*?[.:](?= |$)/.exec(plain)?.[0].replace(/:$/, '.') ?? plain;
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
