import { preset } from '../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'tooling',
  testMatch: ['<rootDir>/test/**/*.test.{mjs,ts}'],
  // Most of these tests run a command.
  testTimeout: 120_000,
};
