import { preset } from '../jest.preset.mjs';

export default { ...preset, displayName: 'tooling', testMatch: ['<rootDir>/test/**/*.test.{mjs,ts}'] };
