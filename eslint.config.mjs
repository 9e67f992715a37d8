import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { noAmbientTime, noDefaultExports, noNodeGlobals } from './tooling/lint/house-rules.mjs';
import { limits } from './tooling/lint/layers.mjs';

const root = import.meta.dirname;
const sources = ['packages/*/src/**/*.{ts,tsx}'];
const tests = ['**/test/**/*.ts'];
const scripts = ['**/*.mjs', '**/*.js', '**/*.cjs'];

export default tseslint.config(
  { ignores: ['**/dist/', '**/.stryker-tmp/', '**/.turbo/', '**/reports/', '**/fixtures/'] },
  // What a build of the site writes while it runs: a test builds it at the same time as this lints.
  { ignores: ['site/.build/', 'site/.vitepress/.temp/', 'site/.vitepress/*.timestamp-*'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // An async method that only throws or only answers keeps its promise: that is what async is for.
      '@typescript-eslint/require-await': 'off',
      // A breaker passes on what others threw and how their signals were aborted, whatever it is.
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: [...tests, 'benchmarks/**/*.ts'],
    rules: {
      // What a store or a JSON file answers is any; a test's assertion is its check.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: scripts, languageOptions: { globals: globalsOfNode() } },

  // The house rules.
  { ignores: ['**/*.config.mjs', '**/.vitepress/*.mjs'], rules: noDefaultExports },
  {
    files: sources,
    rules: {
      'max-lines': ['error', { max: limits.lines, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: sources, ignores: ['**/clock.ts'], rules: noAmbientTime },
  {
    files: ['packages/core/src/**/*.ts'],
    ignores: ['**/clock.ts'],
    rules: { 'no-restricted-globals': [...noAmbientTime['no-restricted-globals'], ...noNodeGlobals] },
  },
);

function globalsOfNode() {
  return Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly']));
}
