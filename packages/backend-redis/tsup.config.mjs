import { preset } from '../../tooling/tsup.preset.mjs';

// zod is bundled: as a dependency it is some 50 files, most of what a new process waits for.
export default preset({ entry: { index: 'src/index.ts' }, noExternal: ['zod'] });
