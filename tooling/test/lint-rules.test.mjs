import { describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';
import { join } from 'node:path';
import tseslint from 'typescript-eslint';
import { root } from '../command.mjs';

// Snippets aren't files of a TypeScript project: the rules that need types are left to `npm run lint`.
const eslint = new ESLint({ cwd: root, overrideConfig: tseslint.configs.disableTypeChecked });

/** The messages about `code`, were it the file `file`. */
async function lint(file, code) {
  const [{ messages }] = await eslint.lintText(`${code}\n`, { filePath: join(root, file) });
  return messages.filter(({ ruleId }) => !ruleId?.endsWith('no-unused-vars')).map(({ message }) => message);
}

const anywhere = ['packages/core/src/breaker/a.ts', 'packages/backend-redis/src/a.ts', 'packages/testkit/src/a.ts'];

describe('time is told in clock.ts only', () => {
  const telling = [
    'export const at = Date.now();',
    'export const now = Date.now;',
    'export const at = new Date();',
    'export const at = Date();',
    'export const at = new globalThis.Date();',
    'export const at = performance.now();',
    'setTimeout(() => {}, 1);',
    'setInterval(() => {}, 1);',
    'setImmediate(() => {});',
    'globalThis.setTimeout(() => {}, 1);',
    'export const signal = AbortSignal.timeout(5);',
  ];
  it.each(anywhere.flatMap((file) => telling.map((code) => [file, code])))('%s: %s', async (file, code) => {
    expect(await lint(file, code)).toContainEqual(expect.stringContaining('Only clock.ts tells time'));
  });

  it.each(['node:timers/promises', 'timers', 'perf_hooks'])('backend-redis may not import %s', async (module) => {
    const messages = await lint('packages/backend-redis/src/a.ts', `export * from '${module}';`);
    expect(messages).toContainEqual(expect.stringContaining('Only clock.ts tells time'));
  });

  it.each(telling)('clock.ts may: %s', async (code) => {
    expect(await lint('packages/core/src/time/clock.ts', code)).toEqual([]);
  });

  it('a date made from a number of milliseconds is no look at the clock', async () => {
    expect(await lint('packages/core/src/machine/a.ts', 'export const at = new Date(5);')).toEqual([]);
  });

  it('tests and examples may tell time', async () => {
    expect(await lint('packages/core/test/a.test.ts', 'export const at = Date.now();')).toEqual([]);
    expect(await lint('examples/tenant-queue/run.mjs', 'export const at = Date.now();')).toEqual([]);
  });
});

describe('core runs outside Node', () => {
  it.each(['process.env', 'Buffer.alloc(1)', 'global.x'])('core may not use %s', async (code) => {
    const messages = await lint('packages/core/src/breaker/a.ts', `export const a = ${code};`);
    expect(messages).toContainEqual(expect.stringContaining('core runs outside Node as well'));
  });

  it("core's tests may import Node's modules", async () => {
    expect(await lint('packages/core/test/a.test.ts', "import { a } from 'node:fs';")).toEqual([]);
  });
});

describe('modules', () => {
  it.each(['export default 1;', 'const a = 1;\nexport { a as default };', "export { default } from './b.js';"])(
    'have no default export: %s',
    async (code) => {
      for (const file of anywhere) expect(await lint(file, code)).toHaveLength(1);
    },
  );

  it('configuration files have one', async () => {
    expect(await lint('packages/core/jest.config.mjs', 'export default {};')).toEqual([]);
  });

  it('have at most 250 lines, without blank ones and comments', async () => {
    const lines = (count) => Array.from({ length: count }, (_, i) => `export const a${i} = ${i};\n// why\n`).join('\n');
    expect(await lint('packages/core/src/machine/a.ts', lines(250))).toEqual([]);
    expect(await lint('packages/core/src/machine/a.ts', lines(251))).toEqual([
      expect.stringContaining('too many lines'),
    ]);
  });
});
