import { preset } from '../jest.preset.mjs';

// Most of these tests run a command, and wait for it. They are the last of a whole run: nothing else needs the processors.
export default { ...preset, displayName: 'tooling', testTimeout: 120_000, maxWorkers: 2 };
