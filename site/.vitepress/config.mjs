import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import GithubSlugger from 'github-slugger';
import { defineConfig } from 'vitepress';
import { addresses } from '../address.mjs';
import { sections } from '../contents.mjs';

const site = join(import.meta.dirname, '..');
const root = join(site, '..');
const staged = join(site, '.build');
const { repository, site: homepage } = addresses(root);
const base = homepage === null ? '/' : `${new URL(homepage).pathname.replace(/\/$/, '')}/`;

/** The folders of an entry's reference, and what stands above each in the sidebar. */
const kinds = {
  classes: 'Classes',
  functions: 'Functions',
  interfaces: 'Interfaces',
  'type-aliases': 'Types',
  variables: 'Constants',
};

export default defineConfig({
  title: 'circuitry',
  description: 'A circuit breaker for Node.js whose state many processes share.',
  lang: 'en',
  base,
  srcDir: '.build',
  outDir: 'dist',
  cacheDir: '../node_modules/.cache/circuitry/vitepress',
  cleanUrls: true,
  metaChunk: true,
  ...(homepage === null ? {} : { sitemap: { hostname: homepage } }),
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}logo.svg` }]],
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    // Headings have the anchors that they have in the repository's own view of the same files.
    anchor: { slugify: (heading) => new GithubSlugger().slug(heading) },
    config: drawDiagrams,
  },
  vite: {
    // Core is read from its sources, as the tests read it.
    resolve: { conditions: ['@circuitry/source'] },
    ssr: { noExternal: [/^@circuitry\//] },
    build: { chunkSizeWarningLimit: 5_000 },
  },
  themeConfig: {
    logo: '/logo.svg',
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    nav: [
      { text: 'Playground', link: '/playground' },
      { text: 'Guides', link: '/why' },
      { text: 'API', link: '/api/' },
      { text: 'Performance', link: '/performance' },
    ],
    sidebar: { ...apiSidebars(), '/': guideSidebar() },
    ...(repository === null ? {} : { socialLinks: [{ icon: 'github', link: repository }] }),
    docFooter: { prev: 'Before', next: 'Next' },
    footer: { message: 'Apache-2.0' },
  },
});

/** A `mermaid` fence becomes a component that draws it in the page. */
function drawDiagrams(markdown) {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index];
    if (info.trim() !== 'mermaid') return fence(tokens, index, ...rest);
    return `<MermaidDiagram code="${encodeURIComponent(content)}" />`;
  };
}

function guideSidebar() {
  const pages = markdownIn('.').filter((name) => !['index', 'playground', 'documents'].includes(name));
  const known = sections.flatMap(({ documents }) => documents);
  const groups = sections.map(({ text, documents }) => ({
    text,
    items: documents.filter((name) => pages.includes(name)).map((name) => item(name)),
  }));
  groups.at(-1).items.push(...pages.filter((name) => !known.includes(name)).map((name) => item(name)));
  groups.push({ text: 'Packages', items: markdownIn('packages').map((name) => item(`packages/${name}`)) });
  if (markdownIn('decisions').includes('index')) groups.at(-1).items.push({ text: 'Decisions', link: '/decisions/' });
  return groups.filter(({ items }) => items.length > 0);
}

/** By entry, what it exports, by kind; beside it, the other entries. */
function apiSidebars() {
  const entries = apiEntries('api/@circuitry');
  const all = { text: 'Packages', items: entries.map((entry) => ({ text: entry.slice(4), link: `/${entry}/` })) };
  const of = (entry) =>
    Object.entries(kinds)
      .map(([kind, text]) => ({
        text,
        items: markdownIn(`${entry}/${kind}`).map((name) => ({ text: name, link: `/${entry}/${kind}/${name}` })),
      }))
      .filter(({ items }) => items.length > 0);
  return { ...Object.fromEntries(entries.map((entry) => [`/${entry}/`, [all, ...of(entry)]])), '/api/': [all] };
}

/** The folders below that have a page of their own: one for each entry of a package. */
function apiEntries(folder) {
  if (!existsSync(join(staged, folder))) return [];
  const below = readdirSync(join(staged, folder), { withFileTypes: true }).filter((each) => each.isDirectory());
  return below.flatMap(({ name }) => {
    const path = `${folder}/${name}`;
    return [...(existsSync(join(staged, path, 'index.md')) ? [path] : []), ...apiEntries(path)];
  });
}

function item(name) {
  const text = readFileSync(join(staged, `${name}.md`), 'utf8');
  const title = /^# +(.+)$/m.exec(text)?.[1] ?? name;
  return { text: title.replaceAll('`', '').replace(/^(\d{4})[.:]? /, ''), link: `/${name}` };
}

function markdownIn(folder) {
  const path = join(staged, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.slice(0, -3))
    .sort();
}
