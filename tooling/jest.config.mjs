import { preset } from '../jest.preset.mjs';

// Most of these tests run a command.
export default { ...preset, displayName: 'tooling', testTimeout: 120_000 };
