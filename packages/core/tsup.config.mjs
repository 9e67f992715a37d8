import { preset } from '../../tooling/tsup.preset.mjs';

export default preset({
  entry: { index: 'src/index.ts', testing: 'src/testing.ts', backend: 'src/backend.ts' },
  // core runs in browsers, Deno, Bun and edge workers as well: an import of a Node module fails the build.
  platform: 'neutral',
});
