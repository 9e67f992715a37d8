import { expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { remark } from 'remark';
import remarkGfm from 'remark-gfm';
import validateLinks from 'remark-validate-links';
import { engine } from 'unified-engine';
import { root } from '../../command.mjs';
import { documents } from '../../docs/documents.mjs';
import { publishedPackages } from '../../packed.mjs';

/** The links of documents that lead nowhere in this repository, to a file or to a heading. Other hosts are not asked. */
async function brokenLinks(files, cwd = root) {
  const context = await new Promise((resolve, reject) => {
    const settings = {
      processor: remark().use(remarkGfm),
      plugins: [[validateLinks, { repository: false, root: cwd }]],
    };
    engine({ ...settings, cwd, files, quiet: true, silent: true, output: false }, (error, _code, done) =>
      error ? reject(error) : resolve(done),
    );
  });
  return context.files.flatMap(({ path, messages }) =>
    messages.map(({ reason, line }) => `${relative(cwd, join(cwd, path))}:${line ?? ''}: ${reason}`),
  );
}

it('every link in our documents leads somewhere, to its heading', async () => {
  expect(await brokenLinks(documents())).toEqual([]);
});

it('a link to no file, to no heading of its own, or to no heading of another is told', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'circuitry-links-')));
  const links = ['no-such-file.md', '#no-such-heading', 'other.md#no-such-heading', 'other.md#heading', 'other.md'];
  writeFileSync(join(folder, 'one.md'), links.map((link) => `[there](${link})`).join('\n\n'));
  writeFileSync(join(folder, 'other.md'), '# Heading\n');
  const faults = await brokenLinks(['one.md', 'other.md'], folder);
  rmSync(folder, { recursive: true });
  expect(faults).toHaveLength(3);
});

// A registry shows a README alone: what lies beside it in the repository is not there.
it.each(publishedPackages().map(({ name, path }) => [name, path]))(
  'the README of %s links to nothing outside of its tarball',
  (_name, path) => {
    const readme = join(path, 'README.md');
    expect(existsSync(readme)).toBe(true);
    const targets = [];
    const visit = (node) => {
      if (node.type === 'link' || node.type === 'image' || node.type === 'definition') targets.push(node.url);
      for (const child of node.children ?? []) visit(child);
    };
    visit(remark().use(remarkGfm).parse(readFileSync(readme, 'utf8')));
    expect(targets.filter((target) => !/^(https:\/\/|#)/.test(target))).toEqual([]);
  },
);
