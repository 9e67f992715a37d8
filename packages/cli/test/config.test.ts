import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RedisBackend } from '@circuitry/backend-redis';
import { Redis } from 'ioredis';
import { build } from 'esbuild';
import { redisServer, startRedis, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { fill, openRecord } from './support/records.js';
import { useProgram } from './support/program.js';

const found = redisServer();
const describeOnRedis = 'missing' in found ? describe.skip : describe;

describeOnRedis(`a configuration file${'missing' in found ? ` (skipped: ${found.missing})` : ''}`, () => {
  const program = useProgram();
  const folder = mkdtempSync(join(tmpdir(), 'circuitry-config-'));
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis();
    const client = new Redis(server.url, { maxRetriesPerRequest: 0 });
    const backend = new RedisBackend({ client });
    await fill(backend, { 'mail/acme': openRecord(600_000) });
    await backend.close();
    client.disconnect();
    await configure('circuitry.config.mjs', 'export const backend = new RedisBackend({ client });');
    await configure('made.mjs', 'export async function backend() { return new RedisBackend({ client }); }');
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await server?.stop();
  });

  /** A configuration as its user has it: with packages that are installed, here the sources in one file. */
  async function configure(name: string, line: string): Promise<void> {
    const source = join(folder, `source-${name}`);
    writeFileSync(
      source,
      `import { RedisBackend } from '@circuitry/backend-redis';
       import { Redis } from 'ioredis';
       const client = new Redis(${JSON.stringify(server.url)}, { maxRetriesPerRequest: 0 });
       ${line}
       export const settings = { allowAfter: '7m', circuits: { mail: { allowAfter: '9m' } } };
       export const close = () => client.disconnect();`,
    );
    await build({
      entryPoints: [source],
      outfile: join(folder, name),
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@circuitry/source'],
      nodePaths: [createRequire(import.meta.url).resolve.paths('x')?.[1] ?? '', join(program.folder, 'node_modules')],
      banner: { js: "import { createRequire as cr } from 'node:module'; const require = cr(import.meta.url);" },
      logLevel: 'error',
    });
  }

  test('is found in the folder, and what it opened is closed: the command ends', async () => {
    const { code, out, err } = await program.run(['list', '--json'], { cwd: folder });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ name: 'mail/acme', state: 'open' });
  });

  test('may make its backend in a function, and be named by option or by variable', async () => {
    const byOption = await program.run(['show', 'mail/acme', '--config', 'made.mjs'], { cwd: folder });
    expect(byOption).toMatchObject({ code: 0, err: '' });
    const env = { CIRCUITRY_CONFIG: join(folder, 'made.mjs') };
    expect(await program.run(['show', 'mail/acme'], { env })).toMatchObject({ code: 0, err: '' });
  });

  test('its settings are those of an operator’s write: a trip lasts as long as the workers’ would', async () => {
    const words = ['trip', 'mail/acme', '--yes'];
    expect(await program.run(words, { cwd: folder })).toMatchObject({ code: 0 });
    expect((await program.run(['trip', 'pay/acme', '--yes'], { cwd: folder })).code).toBe(0);
    const { out } = await program.run(['list', '--state', 'open', '--json'], { cwd: folder });
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const minutes = Object.fromEntries(lines.map(({ name, endsIn }) => [name, Math.ceil(endsIn / 60_000)]));
    expect(minutes).toEqual({ 'mail/acme': 9, 'pay/acme': 7 });
  });

  test('its messages name the file, not what is inside', async () => {
    const { code, err } = await program.run(['show', 'nobody'], { cwd: folder });
    expect(code).toBe(3);
    expect(err).toContain('the backend of circuitry.config.mjs');
  });
});
