import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../command.mjs';

/**
 * Where a document's programs find the packages that they import: beside the package whose README it is; else in
 * tooling, which has all of this repository's packages; else wherever in the workspace one is installed.
 */
export function foldersFor(file) {
  const [parent, name] = file.split('/');
  const own = ['packages', 'examples'].includes(parent) ? [join(root, parent, name)] : [];
  const others = ['packages', 'examples'].flatMap(workspaces);
  return [...new Set([...own, join(root, 'tooling'), ...others, root])];
}

function workspaces(parent) {
  const folder = join(root, parent);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => join(folder, name));
}
