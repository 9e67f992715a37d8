import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { pictureOfEachTheme } from './themed-pictures.mjs';

/**
 * Copies what people read into the folder that the site is built of: `docs/`, the packages' READMEs and the site's own
 * pages. A link to what is no page of the site leads to the repository, or is plain text while that has no address.
 *
 * @returns the pages by their address on the site, each with its title and its text
 */
export function stageDocuments({ root, into, repository }) {
  const pages = pagesOf(root);
  for (const { file, page } of pages) {
    const text = pictureOfEachTheme(
      retarget(readFileSync(join(root, file), 'utf8'), { root, file, pages, repository }),
    );
    mkdirSync(dirname(join(into, page)), { recursive: true });
    writeFileSync(join(into, page), text);
  }
  for (const folder of readdirSync(join(root, 'docs'))) {
    const path = join(root, 'docs', folder);
    if (statSync(path).isDirectory()) {
      cpSync(path, join(into, folder), { recursive: true, filter: (name) => !name.endsWith('.md') });
    }
  }
  return pages.map(({ page }) => {
    const text = readFileSync(join(into, page), 'utf8');
    return { page, title: /^# +(.+)$/m.exec(text)?.[1].replaceAll('`', '') ?? null, text };
  });
}

/** Every page of the site that is written by hand: the repository's file, and where it stands on the site. */
function pagesOf(root) {
  const below = (folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => name.endsWith('.md'))
      .sort();
  const packages = readdirSync(join(root, 'packages')).filter((name) =>
    existsSync(join(root, 'packages', name, 'README.md')),
  );
  return [
    ...below('site/pages').map((name) => ({ file: `site/pages/${name}`, page: name })),
    ...below('docs').map((name) => ({ file: `docs/${name}`, page: pageOf(name) })),
    ...packages.map((name) => ({ file: `packages/${name}/README.md`, page: `packages/${name}.md` })),
  ];
}

function pageOf(name) {
  if (name === 'README.md') return 'documents.md';
  return name.replace(/(^|\/)README\.md$/, '$1index.md');
}

const link = /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g;

function retarget(text, { root, file, pages, repository }) {
  // Code is left alone: fences whole, and what stands between backticks.
  return text
    .replace(/^(`{3,})[^]*?^\1\s*$|\[`[^`\n]+`\]|`[^`\n]+`/gm, (code) =>
      code.startsWith('[') ? code : code.replaceAll('](', ']\u0000('),
    )
    .replace(link, (whole, image, words, target) => {
      if (image === '!' && file.startsWith('site/pages/'))
        return `![${words}](${posix.relative('docs', posix.normalize(posix.join('site/pages', target)))})`;
      if (image === '!' || /^([a-z]+:|#)/i.test(target)) return whole;
      const [path, anchor] = target.split('#');
      const aim = posix.normalize(posix.join(posix.dirname(file), path)).replace(/\/$/, '');
      const page = pages.find((each) => each.file === aim || each.file === `${aim}/README.md`)?.page;
      const end = anchor === undefined ? '' : `#${anchor}`;
      if (page !== undefined) return `[${words}](/${page}${end})`;
      if (aim === 'README.md') return `[${words}](/)`;
      if (file.startsWith('site/pages/') && !existsSync(join(root, aim))) return whole;
      return repository === null ? words : `[${words}](${repository}/tree/main/${aim}${end})`;
    })
    .replaceAll('\u0000', '');
}
