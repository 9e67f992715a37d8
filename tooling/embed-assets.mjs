import { pathToFileURL } from 'node:url';

/**
 * For esbuild: a module `assets/bundled.mjs` makes a package's files for browsers when it is loaded. In a build what it exports
 * stands in its place, so that what is published needs neither esbuild nor a file system.
 */
export const embedAssets = {
  name: 'embed-assets',
  setup(build) {
    build.onLoad({ filter: /[\\/]assets[\\/]bundled\.mjs$/ }, async ({ path }) => {
      const { bundled } = await import(pathToFileURL(path).href);
      return { contents: `export const bundled = ${JSON.stringify(bundled)};`, loader: 'js' };
    });
  },
};
