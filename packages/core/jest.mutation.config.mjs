import config from './jest.config.mjs';

/** For Stryker: the machine's own tests, without those that search long. Each mutant runs the tests that reach it. */
export default {
  ...config,
  testMatch: ['<rootDir>/test/machine/**/*.test.ts'],
  testPathIgnorePatterns: ['\\.property\\.test\\.ts$'],
  reporters: ['default'],
};
