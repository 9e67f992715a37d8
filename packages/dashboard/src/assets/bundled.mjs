/**
 * The page's files, bundled from src/client when this module is loaded: so tests and other packages read the sources as they
 * are. A build puts what this exports in its place (tsup.config.mjs), and esbuild is no dependency of what is published.
 */
import { buildSync } from 'esbuild';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const client = new URL('../client/', import.meta.url);

export const bundled = {
  app: bundle('app.tsx'),
  theme: bundle('theme.ts'),
  style: bundle('styles/style.css'),
  icon: readFileSync(new URL('icon.svg', client), 'utf8'),
};

function bundle(file) {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL(file, client))],
    bundle: true,
    minify: true,
    write: false,
    charset: 'utf8',
    format: file.endsWith('.tsx') ? 'esm' : 'iife',
    target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    absWorkingDir: fileURLToPath(new URL('../..', client)),
  });
  return outputFiles[0].text.trim();
}
