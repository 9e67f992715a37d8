import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDBBackend, recommendedClient } from '@circuitry/backend-dynamodb';
import { RedisBackend } from '@circuitry/backend-redis';
import type { StorageBackend } from '@circuitry/core';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Redis } from 'ioredis';
import { availableServers, startDynamoDB, whyUnavailable } from '../../../tooling/servers/dynamodb.mjs';
import { redisServer, startRedis, until } from '../../../tooling/servers/redis.mjs';
import { startTcpProxy, type TcpProxy } from '../../../tooling/servers/tcp-proxy.mjs';
import { openRecord } from './support/records.js';
import { ended, useProgram } from './support/program.js';

const found = redisServer();
const missing = availableServers().length === 0 ? whyUnavailable('dynoxide') : null;
const describeOnRedis = 'missing' in found ? describe.skip : describe;
const describeOnDynamoDB = missing === null ? describe : describe.skip;

const program = useProgram();
/** What is to be undone when the tests are over, last things first. */
const undo: (() => unknown)[] = [];
afterAll(async () => {
  for (const each of undo.reverse()) await each();
});

/** Settles once the command has said so, to its user or to whoever reads its output. */
function said(child: ChildProcess, words: RegExp, stream: 'stderr' | 'stdout' = 'stderr'): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    child[stream]?.on('data', (chunk: Buffer) => words.test((text += chunk.toString())) && resolve());
  });
}

interface Outage {
  readonly backend: StorageBackend;
  readonly proxy: TcpProxy;
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly begins: RegExp;
  readonly begin: () => void;
  readonly end: () => void;
  /** Settles once the store was asked several times in vain. */
  readonly lasts: () => Promise<void>;
}

/** Watches over an outage in which a circuit opens, and until another one opens; answers what the command said. */
async function watchOver({ backend, words, env = {}, begins, begin, end, lasts }: Outage, name: string) {
  const limits = ['--every', '100ms', '--timeout', '300ms', '--count', '2', '--prefix', name];
  const child = program.start(['watch', ...limits, '--json', ...words], { env });
  const finished = ended(child);
  const lost = said(child, /No answer/);
  const back = said(child, /The store answers again/);
  const first = said(child, /to/, 'stdout');
  await said(child, begins);
  begin();
  await lost;
  await lasts();
  await backend.store(`${name}/1`, null, openRecord(60_000), { ttl: 60_000 });
  end();
  await Promise.all([back, first]);
  await backend.store(`${name}/2`, null, openRecord(60_000), { ttl: 60_000 });
  const { code, out, err } = await finished;
  const lines = err.trim().split('\n').slice(1);
  const seen = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).name);
  return { code, seen, lines };
}

const once = {
  code: 0,
  lines: [
    expect.stringMatching(/^No answer from the store since \d{4}-\S+Z: .+\. It is asked again every 100ms\.$/),
    expect.stringMatching(
      /^The store answers again, after \d+\S*( \d+\S+)?\. What began and ended meanwhile is not seen\.$/,
    ),
  ],
};

describeOnRedis(`watch on Redis${'missing' in found ? ` (skipped: ${found.missing})` : ''}`, () => {
  let backend: RedisBackend;
  let proxy: TcpProxy;

  beforeAll(async () => {
    const server = await startRedis();
    const client = new Redis(server.url);
    backend = new RedisBackend({ client });
    proxy = await startTcpProxy(server.port);
    undo.push(
      () => server.stop(),
      () => client.disconnect(),
      () => backend.close(),
      () => proxy.stop(),
    );
  });

  const onRedis = () => ({
    backend,
    proxy,
    words: ['--redis', `redis://127.0.0.1:${proxy.port}`],
    begins: /Following, by push/,
  });

  test('says once that the store does not answer, since when, and once that it does, and what changed', async () => {
    const outcome = await watchOver(
      {
        ...onRedis(),
        begin: () => proxy.freeze(),
        end: () => proxy.thaw(),
        lasts: () => until('it was asked in vain', async () => proxy.held >= 4),
      },
      'hangs',
    );
    expect(outcome).toMatchObject({ ...once, seen: ['hangs/1', 'hangs/2'] });
  });

  test('says no more where its connections are broken as well', async () => {
    const outcome = await watchOver(
      { ...onRedis(), begin: () => proxy.refuse(), end: () => proxy.refuse(false), lasts: () => Promise.resolve() },
      'refuses',
    );
    expect(outcome).toMatchObject({ ...once, seen: ['refuses/1', 'refuses/2'] });
  });
});

describeOnDynamoDB(`watch on DynamoDB${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  test('goes on polling over an outage, and tells of it once', async () => {
    const server = await startDynamoDB();
    const client = new DynamoDBClient({ ...recommendedClient(), ...server.clientConfig });
    const backend = new DynamoDBBackend({ client, tableName: 'circuits' });
    const proxy = await startTcpProxy(Number(new URL(server.endpoint).port));
    undo.push(
      () => server.close(),
      () => client.destroy(),
      () => backend.close(),
      () => proxy.stop(),
    );
    const words = ['--dynamodb', 'circuits', '--endpoint', `http://127.0.0.1:${proxy.port}`];
    const env = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'us-east-1' };
    expect(await program.run(['table', 'create', ...words], { env })).toMatchObject({ code: 0 });
    const outcome = await watchOver(
      {
        backend,
        proxy,
        words,
        env,
        begins: /does not push/,
        begin: () => proxy.freeze(),
        end: () => proxy.thaw(),
        lasts: () => until('it was asked in vain', async () => proxy.held >= 4),
      },
      'polled',
    );
    expect(outcome).toMatchObject({ ...once, seen: ['polled/1', 'polled/2'] });
  });
});
