import { fileURLToPath } from 'node:url';

/** Settings shared by every package's jest.config.mjs: TypeScript sources as native ES modules, without a build. */
export const preset = {
  testMatch: ['<rootDir>/test/**/*.test.{ts,mjs}'],
  testEnvironment: 'node',
  // The source condition resolves @circuitry/* to each package's src.
  testEnvironmentOptions: { customExportConditions: ['@circuitry/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  // js first: dependencies that ship sources beside their build must not be read from source.
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', explicitResourceManagement: true },
          transform: { verbatimModuleSyntax: true },
        },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.stryker-tmp/'],
  // turbo runs more packages at once than there are processors.
  // Machines are shared: a bound for what hangs, not for what is slow.
  testTimeout: 120_000,
  maxWorkers: '50%',
  // A package in which nothing is tested shows in npm test's list as such.
  passWithNoTests: true,
  reporters: ['default', fileURLToPath(new URL('tooling/jest-reporter.mjs', import.meta.url))],
};
