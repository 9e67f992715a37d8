import { dirname, relative, resolve, sep } from 'node:path';

/**
 * Dependencies point one way. The options say, for each package, which other packages its sources may import, and
 * for each folder of a package's src, which folders beside it. Files directly in src (the entries) may import all.
 *
 * [{ root, packages: { name: { packages: string[], zeroDependencies?: boolean, folders?: { name: string[] } } } }]
 */
export const importDirection = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object' }],
    messages: {
      package: 'The sources of {{from}} may not import {{to}}: dependencies point one way, backend -> core <- testkit.',
      dependency: 'The sources of {{from}} have no dependencies, and {{to}} is one.',
      outside: "The sources of {{from}} may import only from the package's own src: {{to}} lies outside.",
      folder: '{{from}} may import only {{allowed}}, not {{to}}.',
      entry:
        '{{from}} may not import {{to}}: an entry is for users of the package, import from the file that declares it.',
    },
  },
  create(context) {
    const [{ root, packages }] = context.options;
    const from = place(root, context.filename);
    const rules = packages[from?.package];
    if (rules === undefined) return {};

    const check = (source) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const fault = source.value.startsWith('.')
        ? faultOfPath(rules, from, root, resolve(dirname(context.filename), source.value))
        : faultOfName(rules, from, source.value);
      if (fault !== null) context.report({ node: source, ...fault });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      TSImportType: (node) => check(node.source),
    };
  },
};

function faultOfName(rules, from, name) {
  const [, imported] = /^@circuitry\/([^/]+)/.exec(name) ?? [];
  if (imported !== undefined && !rules.packages.includes(imported)) {
    return { messageId: 'package', data: { from: from.package, to: name } };
  }
  if (imported === undefined && rules.zeroDependencies) {
    return { messageId: 'dependency', data: { from: from.package, to: name } };
  }
  return null;
}

function faultOfPath(rules, from, root, path) {
  const to = place(root, path);
  if (to?.package !== from.package) {
    return { messageId: 'outside', data: { from: from.package, to: relative(root, path) } };
  }
  if (rules.folders === undefined || from.folder === null || to.folder === from.folder) return null;
  if (to.folder === null) return { messageId: 'entry', data: { from: title(from), to: to.file } };

  const allowed = rules.folders[from.folder] ?? [];
  if (allowed.includes(to.folder)) return null;
  return {
    messageId: 'folder',
    data: { from: title(from), to: title(to), allowed: ['itself', ...allowed].join(', ') },
  };
}

/** Which package and which folder of its src a file lies in, or null for a file elsewhere. */
function place(root, path) {
  const [packages, name, src, ...rest] = relative(root, path).split(sep);
  if (packages !== 'packages' || src !== 'src') return null;
  return { package: name, folder: rest.length > 1 ? rest[0] : null, file: rest.at(-1) };
}

function title({ package: name, folder }) {
  return `${name}/${folder}`;
}
