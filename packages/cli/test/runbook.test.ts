import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RedisBackend } from '@circuitry/backend-redis';
import { Redis } from 'ioredis';
import { redisServer, startRedis, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { useProgram } from './support/program.js';
import { fill, openRecord, recordOf } from './support/records.js';

const found = redisServer();
const describeOnRedis = 'missing' in found ? describe.skip : describe;

const document = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
const runbook = document.split('\n## ').find((part) => part.startsWith('Runbook')) ?? '';

/** The runbook's commands under each heading, as words. */
const sections = runbook.split('\n### ').map((section) => ({
  heading: section.split('\n')[0] as string,
  commands: [...section.matchAll(/^npx @circuitry\/cli (.*)$/gm)].map(([, words]) =>
    [...(words as string).matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? (plain as string)),
  ),
}));
const commandsOf = (heading: string) => sections.find((section) => section.heading === heading)?.commands ?? [];

/** 10,000 circuits, of which 12 are open, for three reasons. */
const calm = 9_988;
const down = ['acme', 'hooli', 'umbrella', 'stark', 'wayne', 'wonka', 'cyberdyne'].map((name) => `send-mail/${name}`);
const keys = ['soylent', 'tyrell', 'globex'].map((name) => `send-mail/${name}`);
const forced = ['initech', 'vandelay'].map((name) => `send-mail/${name}`);

describeOnRedis(`with the runbook alone${'missing' in found ? ` (skipped: ${found.missing})` : ''}`, () => {
  const program = useProgram();
  let server: RedisServer;
  let client: Redis;
  let backend: RedisBackend;

  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url, { maxRetriesPerRequest: 0 });
    backend = new RedisBackend({ client });
    await fill(backend, { 'pay/0': recordOf() });
    const record = await client.dumpBuffer('circuitry:{pay/0}');
    const pipeline = client.pipeline();
    for (let tenant = 1; tenant < calm; tenant += 1) pipeline.restore(`circuitry:{pay/${tenant}}`, 0, record);
    await pipeline.exec();
    for (const name of down) await fill(backend, { [name]: openRecord(900_000, 'HTTPError 503') });
    for (const name of keys) await fill(backend, { [name]: openRecord(900_000, 'HTTPError 401') });
    const override = { state: 'open', reason: 'invoice unpaid', by: 'ada', until: null } as const;
    for (const name of forced) await fill(backend, { [name]: recordOf({ override, since: Date.now() - 86_400_000 }) });
  });
  afterAll(async () => {
    await backend?.close();
    client?.disconnect();
    await server?.stop();
  });

  const run = (words: readonly string[]) => program.run(words, { env: { CIRCUITRY_REDIS_URL: server.url } });

  test('its first command shows all twelve and the three reasons, and nothing else', async () => {
    const [first = []] = commandsOf('Runbook');
    const { code, out } = await run(first);
    expect(code).toBe(0);
    const lines = out.trim().split('\n').slice(1);
    expect(lines).toHaveLength(12);
    const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
    expect(count(/ open .* HTTPError 503$/)).toBe(down.length);
    expect(count(/ open .* HTTPError 401$/)).toBe(keys.length);
    expect(count(/ forced-open .* invoice unpaid, by ada, until released$/)).toBe(forced.length);
  });

  test('each of its commands is done, in the order of the document', async () => {
    for (const { heading, commands } of sections)
      for (const words of commands) {
        const { code, err } = await run(words);
        expect([heading, words.join(' '), code, code === 0 ? '' : err]).toEqual([heading, words.join(' '), 0, '']);
      }
    // What was forced for the incident was taken back; what others forced stands.
    for (const name of [...down, ...keys])
      expect((await backend.retrieve(name)).record).toMatchObject({ state: 'closed', override: null });
    const other = (await backend.retrieve('send-mail/vandelay')).record;
    expect(other?.override).toEqual({ state: 'open', reason: 'invoice unpaid', by: 'ada', until: null });
    const { override } = (await backend.retrieve('send-mail/initech')).record ?? {};
    expect(override).toMatchObject({ state: 'open', reason: 'invoice unpaid, INC-4712' });
    expect(override?.until).toBeGreaterThan(Date.now());
    expect((await backend.retrieve('pay/7')).record).toMatchObject({ revision: 1_000, override: null });
  });
});
