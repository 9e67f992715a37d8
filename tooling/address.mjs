/**
 * Tells the packages where the repository and the site are found: `node tooling/address.mjs https://github.com/OWNER/NAME
 * [SITE]`. Sets `repository`, `homepage` and `bugs` of each published package, and the list of documents at the end of its
 * README. `--check` fails while no address is set: a release needs one.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './command.mjs';
import { publishedPackages } from './packed.mjs';

const marks = ['<!-- documents -->', '<!-- /documents -->'];

/** A package's manifest with the three fields that lead to the project. */
export function withAddress(manifest, folder, repository, site) {
  return {
    ...manifest,
    repository: { type: 'git', url: `git+${repository}.git`, directory: folder },
    homepage: site ?? `${repository}#readme`,
    bugs: { url: `${repository}/issues` },
  };
}

/** A README with links to all documents between its marks; as it is where it has none. */
export function withDocuments(readme, links) {
  const [begin, end] = marks.map((mark) => readme.indexOf(mark));
  if (begin === -1 || end === -1) return readme;
  return `${readme.slice(0, begin)}${marks[0]}\n${links}\n${readme.slice(end)}`;
}

/** The guides, as links; as words while there is no address. */
export function documentLinks(repository, site) {
  const names = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md');
  const all = names.map((name) => {
    const title = /^# +(.+)$/m.exec(readFileSync(join(root, 'docs', name), 'utf8'))?.[1] ?? name;
    if (repository === null) return title;
    return `[${title}](${site === null ? `${repository}/blob/main/docs/${name}` : new URL(name.slice(0, -3), site).href})`;
  });
  return all.join(' · ');
}

/** What keeps a release from being one that strangers find their way from. */
export function missingAddresses() {
  return publishedPackages()
    .filter(({ repository, homepage, bugs }) => !repository || !homepage || !bugs)
    .map(({ name }) => name);
}

function setAddress(repository, site) {
  for (const { path } of publishedPackages()) {
    const file = join(path, 'package.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    const folder = relative(root, path).replaceAll('\\', '/');
    writeFileSync(file, `${JSON.stringify(withAddress(manifest, folder, repository, site), null, 2)}\n`);
    const readme = join(path, 'README.md');
    if (!existsSync(readme)) continue;
    writeFileSync(readme, withDocuments(readFileSync(readme, 'utf8'), documentLinks(repository, site)));
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [first, site = null] = process.argv.slice(2);
  if (first === '--check') {
    const missing = missingAddresses();
    if (missing.length > 0) {
      console.error(
        `No address is set for ${missing.join(', ')}: run node tooling/address.mjs REPOSITORY [SITE] first.`,
      );
      process.exitCode = 1;
    }
  } else if (first === undefined || !URL.canParse(first)) {
    console.error('Usage: node tooling/address.mjs https://github.com/OWNER/NAME [https://SITE/]');
    process.exitCode = 2;
  } else setAddress(first.replace(/\.git$|\/$/, ''), site);
}
