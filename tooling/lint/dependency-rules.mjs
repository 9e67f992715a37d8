import { layers } from './layers.mjs';

/** What dependency-cruiser forbids. Paths begin at the repository's root. */
export const dependencyRules = [
  {
    name: 'no-circle',
    comment: 'Files that import each other in a circle, types included, can only be understood together.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'core-stands-alone',
    comment: 'Core has no dependency and imports nothing of Node.',
    severity: 'error',
    from: { path: '^packages/core/src/' },
    to: { pathNot: '^packages/core/src/' },
  },
  {
    name: 'own-sources-or-packages',
    comment: "A package's sources import each other, core, and what is installed by name; no file of another package.",
    severity: 'error',
    from: { path: '^packages/([^/]+)/src/' },
    to: { path: '[.]ts$|[.]mjs$', pathNot: '^packages/($1|core)/src/|node_modules|^packages/[^/]+/src/index[.]ts$' },
  },
  ...Object.entries(layers).flatMap(([name, folders]) =>
    folders.slice(0, -1).map((folder, index) => upwards(name, folder, folders.slice(index + 1))),
  ),
];

function upwards(name, folder, above) {
  return {
    name: `${name}-${folder}-imports-upwards`,
    comment: `${folder} comes before ${above.join(', ')}: the order stands in tooling/lint/layers.mjs.`,
    severity: 'error',
    from: { path: `^packages/${name}/src/${folder}/` },
    to: { path: `^packages/${name}/src/(${above.join('|')})/` },
  };
}
