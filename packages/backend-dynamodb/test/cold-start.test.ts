import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundle, type Bundle } from './support/worker-bundle.js';

describe('what a Lambda function loads beside the SDK’s client', () => {
  let ours: Bundle;
  beforeAll(() => {
    ours = bundle('../../src/index.ts', { external: ['@aws-sdk/client-dynamodb'], minify: true });
  }, 60_000);
  afterAll(() => ours.remove());

  test('is at most 27.8 kB, minified and gzipped', () => {
    expect(gzipSync(readFileSync(ours.file)).length).toBeLessThan(27_800);
  });

  test('is ours, core’s and zod’s, and nothing else: no document client', () => {
    const foreign = Object.keys(ours.metafile.inputs).filter(
      (path) => !/packages\/(core|backend-dynamodb)\/src\/|node_modules\/zod\//.test(path) && !/^src\//.test(path),
    );
    const inCore = foreign.filter((path) => !path.includes('core/src/'));
    expect(inCore).toEqual([]);
    const imported = Object.values(ours.metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
    expect(new Set(imported)).toEqual(new Set(['@aws-sdk/client-dynamodb']));
  });

  test('starts nothing: a program that only makes a backend ends by itself', async () => {
    const { spawnSync } = await import('node:child_process');
    const code = `
      import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
      import { pathToFileURL } from 'node:url';
      const { DynamoDBBackend } = await import(pathToFileURL(process.argv[1]).href);
      new DynamoDBBackend({ client: new DynamoDBClient({ region: 'eu-central-1' }) });
    `;
    const whole = bundle('../../src/index.ts');
    const run = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', code, whole.file], {
      timeout: 60_000,
      encoding: 'utf8',
    });
    whole.remove();
    expect([run.status, run.stderr]).toEqual([0, '']);
  }, 90_000);
});
