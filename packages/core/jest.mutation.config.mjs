import config from './jest.config.mjs';

/** For Stryker: the machine's directed tests as one file, without those that search long or by chance. */
export default {
  ...config,
  testMatch: ['<rootDir>/test/machine/every-directed-test.ts'],
  reporters: ['default'],
};
