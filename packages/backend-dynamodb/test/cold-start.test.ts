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

  test('is 28 kB, minified and gzipped, as the README and the guide say', () => {
    const size = Math.round(gzipSync(readFileSync(ours.file)).length / 1_000);
    expect(size).toBeLessThanOrEqual(28);
    for (const document of ['../README.md', '../../../docs/dynamodb.md']) {
      const said = /(\d+) kB minified and gzipped/.exec(readFileSync(new URL(document, import.meta.url), 'utf8'));
      expect([document, Number(said?.[1])]).toEqual([document, size]);
    }
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
