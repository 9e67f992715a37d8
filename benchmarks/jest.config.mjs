import { preset } from '../jest.preset.mjs';

// These tests start processes and servers.
export default { ...preset, displayName: 'benchmarks', testTimeout: 120_000 };
