import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where the repository and this site are found, as `node tooling/address.mjs` set it: null while nobody knows. Both come
 * from core's package.json, which has the same fields as every published package's.
 */
export function addresses(root) {
  const { repository, homepage } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8'));
  return {
    repository: repository?.url?.replace(/^git\+/, '').replace(/\.git$/, '') ?? null,
    site: homepage ?? null,
  };
}
