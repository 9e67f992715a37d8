/** Builds the site into `site/dist`: stages the documents, writes the API reference, and has VitePress make pages of both. */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vitepress';
import { addresses } from './address.mjs';
import { writeApiReference } from './api-reference.mjs';
import { writeForPrograms } from './llms.mjs';
import { stageDocuments } from './stage-documents.mjs';

const site = import.meta.dirname;
const root = dirname(site);

/** @returns what is wrong with the API's docstrings; a broken page, or a link to none, fails the build itself */
export async function buildSite() {
  const staged = join(site, '.build');
  const address = addresses(root);
  rmSync(staged, { recursive: true, force: true });
  mkdirSync(staged);
  cpSync(join(site, 'public'), join(staged, 'public'), { recursive: true });
  const pages = stageDocuments({ root, into: staged, repository: address.repository });
  const faults = await writeApiReference({ root, into: join(staged, 'api'), repository: address.repository });
  await build(site, { logLevel: 'warn' });
  writeForPrograms(pages, join(site, 'dist'), address.site);
  return faults;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const faults = await buildSite();
  for (const fault of faults) console.error(`API: ${fault}`);
  console.log('The site is in site/dist; `node site/serve.mjs` shows it.');
}
