import { preset } from '../../tooling/tsup.preset.mjs';

// zod is bundled: as a dependency it is some 50 files, most of a cold start; of it the schemas need 34 KB.
export default preset({ entry: { index: 'src/index.ts' }, noExternal: ['zod'] });
