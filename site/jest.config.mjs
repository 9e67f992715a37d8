import { preset } from '../jest.preset.mjs';

export default { ...preset, displayName: 'site', testTimeout: 240_000 };
