import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { RedisBackend } from '@circuitry/backend-redis';
import { Redis } from 'ioredis';
import { redisServer, startRedis, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { noTerminal, useProgram } from './support/program.js';
import { fill, openRecord, recordOf } from './support/records.js';

const found = redisServer();
const reason = 'missing' in found ? found.missing : noTerminal;
const describeOnTerminal = reason === null ? describe : describe.skip;

describeOnTerminal(`on a terminal${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  const program = useProgram();
  let server: RedisServer;
  let client: Redis;
  let backend: RedisBackend;

  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url, { maxRetriesPerRequest: 0 });
    backend = new RedisBackend({ client });
  });
  afterAll(async () => {
    await backend?.close();
    client?.disconnect();
    await server?.stop();
  });
  beforeEach(async () => {
    await client.flushall();
    await fill(backend, { 'a/open': openRecord(600_000), 'a/calm': recordOf() });
  });

  test('states are coloured, and the word says it all the same', async () => {
    const { code, out } = await program.runOnTerminal(['list', '--redis', server.url]);
    expect(code).toBe(0);
    expect(out).toContain('\u001b[31mopen\u001b[39m');
    expect(out).toContain('\u001b[32mclosed\u001b[39m');
  });

  test.each([
    ['NO_COLOR=1', { NO_COLOR: '1' }],
    ['TERM=dumb', { TERM: 'dumb' }],
  ])('there is no colour under %s', async (_title, env) => {
    const { code, out } = await program.runOnTerminal(['list', '--redis', server.url], { env });
    expect(code).toBe(0);
    expect(out).not.toContain('\u001b[');
  });

  test('there is no colour in a pipe, unless FORCE_COLOR asks for it', async () => {
    const words = ['list', '--redis', server.url];
    expect((await program.run(words)).out).not.toContain('\u001b[');
    expect((await program.run(words, { env: { FORCE_COLOR: '1' } })).out).toContain('\u001b[31mopen');
  });

  test('lines fit a narrow screen', async () => {
    await fill(backend, { [`a/${'long'.repeat(40)}`]: openRecord(600_000, 'x'.repeat(200)) });
    const { out } = await program.runOnTerminal(['list', '--redis', server.url], { env: { NO_COLOR: '1' } });
    for (const line of out.split(/\r?\n/)) expect(line.length).toBeLessThanOrEqual(160);
  });

  test('on 80 columns names are whole, and columns that nothing is in give way to the others', async () => {
    await fill(backend, { 'send-mail/globex-industries': openRecord(600_000, 'ECONNREFUSED by the provider') });
    const words = ['list', '--state', 'troubled', '--redis', server.url];
    const { out } = await program.runOnTerminal(words, { env: { NO_COLOR: '1' }, columns: 80 });
    const lines = out.trim().split(/\r?\n/);
    expect(lines[0]).toMatch(/^circuit +state +since +tries \S+ +failures +last \S+$/);
    expect(lines[2]).toMatch(/^send-mail\/globex-industries +open +\S/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('what is left out by --limit is told after what is shown', async () => {
    const { out } = await program.runOnTerminal(['list', '--limit', '1', '--redis', server.url], {
      env: { NO_COLOR: '1' },
    });
    expect(out).toMatch(/a\/open[^]*There are more than 1; --limit shows more of them\./);
  });

  test('it asks before it changes anything, and does it after yes', async () => {
    const words = ['open', '--prefix', 'a/', '--reason', 'INC-9', '--redis', server.url];
    const { code, out } = await program.runOnTerminal(words, { typed: 'y\n' });
    expect(out).toMatch(/force open 2 circuits in Redis .*because INC-9/);
    expect(out).toContain('Go on? [y/N]');
    expect(code).toBe(0);
    expect((await backend.retrieve('a/calm')).record?.override).toMatchObject({ state: 'open', reason: 'INC-9' });
  });

  test.each(['n\n', '\n', 'yes please\n'])('anything but yes changes nothing, and ends with 1 (%j)', async (typed) => {
    const { code, out } = await program.runOnTerminal(['reset', 'a/open', '--redis', server.url], { typed });
    expect(code).toBe(1);
    expect(out).toContain('Nothing was changed.');
    expect((await backend.retrieve('a/open')).record?.state).toBe('open');
  });

  test.each([
    ['Ctrl-D', '\u0004'],
    ['Ctrl-C', '\u0003'],
  ])('%s at the question is a no', async (_title, typed) => {
    const { code, out } = await program.runOnTerminal(['reset', 'a/open', '--redis', server.url], { typed });
    expect(code).toBe(1);
    expect(out).toMatch(/Go on\? \[y\/N\] [^]*\nNothing was changed\.\r?\n$/);
    expect(out).not.toMatch(/^ +at /m);
    expect((await backend.retrieve('a/open')).record?.state).toBe('open');
  });

  test('a name can’t steer the terminal', async () => {
    const name = 'a/\u001b]0;pwned\u0007\u001b[2J\u009b31m\r\n\u202eevil\u2028';
    await fill(backend, { [name]: openRecord(600_000, '\u001b[1mloud') });
    const env = { NO_COLOR: '1' };
    const { out } = await program.runOnTerminal(['list', '--redis', server.url], { env });
    const shown = 'a/\\u001b]0;pwned\\u0007\\u001b[2J\\u009b31m\\r\\n\\u202eevil';
    expect(out).toContain(shown.slice(0, 40));
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(out.replace(/\r?\n/g, '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    const json = await program.run(['list', '--json', '--state', 'open', '--redis', server.url]);
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(json.out.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    expect(
      json.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).name),
    ).toContain(name);
    const missing = await program.run(['show', '\u001b[2J', '--redis', server.url]);
    expect(missing.err).not.toContain('\u001b');
  });

  test('a name that hides something does not look like another one', async () => {
    const hidden = ['soft\u00adhyphen', 'filler\u3164', 'tag\u{e0061}', 'joined\u034f', 'space\u00a0'];
    await fill(backend, Object.fromEntries(hidden.map((name) => [`a/${name}`, openRecord(600_000)])));
    const { out } = await program.run(['list', '--state', 'open', '--redis', server.url]);
    for (const shown of ['soft\\u00adhyphen', 'filler\\u3164', 'tag\\udb40\\udc61', 'joined\\u034f', 'space\\u00a0'])
      expect(out).toContain(`a/${shown}  `);
    const json = await program.run(['list', '--json', '--state', 'open', '--redis', server.url]);
    const read = json.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { name: string }).name);
    expect(read).toEqual(expect.arrayContaining(hidden.map((name) => `a/${name}`)));
  });
});
