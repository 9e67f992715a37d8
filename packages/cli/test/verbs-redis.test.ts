import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { RedisBackend } from '@circuitry/backend-redis';
import { CircuitBreakerFactory, type Change, type CircuitBreaker } from '@circuitry/core';
import { Redis } from 'ioredis';
import { redisServer, startRedis, until, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { fill, openRecord, recordOf } from './support/records.js';
import { ended, useProgram } from './support/program.js';

const found = redisServer();
const describeOnRedis = 'missing' in found ? describe.skip : describe;

/** Of a worker that counts, and dies before it opens a circuit. */
class Dying extends RedisBackend {
  override store(...call: Parameters<RedisBackend['store']>): Promise<Change> {
    return call[2].state === 'open' ? new Promise(() => {}) : super.store(...call);
  }
}

describeOnRedis(`the command on Redis${'missing' in found ? ` (skipped: ${found.missing})` : ''}`, () => {
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
  beforeEach(() => client.flushall());

  const run = (...words: string[]) => program.run([...words, '--redis', server.url]);
  const jsonOf = (out: string) =>
    out
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));

  test('list shows the troubled first, with state, time left, failures and the last failure', async () => {
    await fill(backend, {
      'send-mail/zeta': recordOf(),
      'send-mail/acme': openRecord(1_795_000),
      'send-mail/globex': recordOf({
        override: { state: 'open', reason: 'invoice unpaid', by: 'ada', until: null },
        since: Date.now() - 3_600_000,
      }),
    });
    const { code, out, err } = await run('list');
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringMatching(/^2 circuits are not closed:\n {2}1 +HTTPError 503\n {2}1 +forced by an operator\n$/),
    });
    const lines = out.trim().split('\n');
    expect(lines[0]).toMatch(/^circuit +state +since +tries again in +failures +last failure +override$/);
    expect(lines.slice(1, 3)).toEqual([
      expect.stringMatching(/^send-mail\/acme +open +\d+m( \d+s)? ago +2\dm( \d+s)? +15, 15 in a row +HTTPError 503$/),
      expect.stringMatching(
        /^send-mail\/globex +forced-open +1h ago +when released +invoice unpaid, by ada, until released$/,
      ),
    ]);
    expect(lines[3]).toMatch(/^send-mail\/zeta +closed +always$/);
  });

  test('list counts the reasons below its table, the most frequent first, and names five of them', async () => {
    const failures = ['E1', 'E2', 'E2', 'E3', 'E4', 'E5', 'E6', 'E2', null, null];
    await fill(
      backend,
      Object.fromEntries(failures.map((failure, index) => [`a/${index}`, openRecord(60_000, failure)])),
    );
    const { err } = await run('list', '--state', 'troubled');
    expect(err).toMatch(
      /^10 circuits are not closed:\n {2}3 +E2\n {2}2 +no known failure\n( {2}1 +E\d\n){3} {2}2 +for other reasons\n$/,
    );
    expect((await run('list', '--state', 'troubled', '--json')).err).toBe('');
    expect((await run('list', '--limit', '4')).err).toBe('There are more than 4; --limit shows more of them.\n');
  });

  test('list prints a JSON line each for scripts, with times as ISO 8601 and spans in ms', async () => {
    const record = openRecord(60_000, null);
    await fill(backend, { 'send-mail/acme': record });
    const [line] = jsonOf((await run('list', '--json')).out);
    expect(line).toEqual({
      name: 'send-mail/acme',
      state: 'open',
      since: new Date(record.since).toISOString(),
      endsAt: new Date(record.expiresAt as number).toISOString(),
      endsIn: expect.any(Number),
      openings: 1,
      consecutiveFailures: 15,
      totalFailures: 15,
      totalSuccesses: 2,
      lastFailure: null,
      override: null,
    });
    expect(line.endsIn).toBeGreaterThan(1_000);
    expect(line.endsIn).toBeLessThanOrEqual(60_000);
  });

  test('list narrows by prefix and state and by number, and ends with 3 where nothing matches', async () => {
    await fill(backend, {
      'a/1': recordOf(),
      'a/2': openRecord(60_000),
      'a/due': openRecord(-1),
      'a/lapsed': recordOf({ override: { state: 'open', reason: null, by: null, until: Date.now() - 1 } }),
      'a/forced': recordOf({ override: { state: 'closed', reason: null, by: null, until: null } }),
      'b/1': openRecord(60_000),
    });
    const names = async (...words: string[]) =>
      jsonOf((await run('list', '--json', ...words)).out)
        .map(({ name }) => name)
        .sort();
    expect(await names('--prefix', 'a/', '--state', 'open')).toEqual(['a/2']);
    expect(await names('--prefix', 'a/', '--state', 'half-open')).toEqual(['a/due']);
    expect(await names('--prefix', 'a/', '--state', 'forced')).toEqual(['a/forced']);
    expect(await names('--state', 'troubled')).toEqual(['a/2', 'a/due', 'a/forced', 'b/1']);
    expect(await names('--state', 'closed')).toEqual(['a/1', 'a/lapsed']);
    expect(await names('--limit', '2')).toHaveLength(2);
    const { code, out, err } = await run('list', '--prefix', 'c/');
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('No circuit that begins with "c/" in Redis at 127.0.0.1');
  });

  test('show shows one circuit with its counters, and ends with 3 for one that has no record', async () => {
    await fill(backend, { 'send-mail/acme': openRecord(60_000) });
    const { code, out } = await run('show', 'send-mail/acme');
    expect(code).toBe(0);
    expect(out).toMatch(/last failure +HTTPError 503/);
    expect(out).toMatch(/failures +15 of 17 calls, 15 in a row/);
    expect(out).toMatch(/consecutive\.failures 15/);
    expect(jsonOf((await run('show', 'send-mail/acme', '--json')).out)[0].counters['total.failures']).toBe(15);
    expect(await run('show', 'nobody')).toEqual({
      code: 3,
      out: '',
      err: expect.stringContaining('No record of "nobody"'),
    });
  });

  test('show says of an open circuit that its counts were cleared, and not that nothing failed', async () => {
    await fill(backend, { 'send-mail/acme': { ...openRecord(60_000), counters: {} } });
    const { out } = await run('show', 'send-mail/acme');
    expect(out).toMatch(/failures +the counts were cleared when it opened/);
    expect(out).not.toContain('0 of 0');
  });

  test('a circuit that a dependency told to wait is open until then, also where its worker died before it opened it', async () => {
    const dying = new Dying({ client });
    // Closing waits so long for the store that the one that dies never answers.
    const factories = [dying, backend].map(
      (each) => new CircuitBreakerFactory({ backend: each, storageTimeout: '10s' }),
    );
    const [dead, living] = factories.map((factory) => factory.breakerFor('pay')) as [CircuitBreaker, CircuitBreaker];
    await living.settle(() => 'paid');
    void (await dead.start()).fail(new Error('HTTP 429'), { openFor: '30m' });
    await until('the wait to be written', async () => {
      const counters = (await backend.retrieve('pay')).record?.counters ?? {};
      return Object.keys(counters).some((name) => name.startsWith('told.'));
    });
    const look = async () => {
      expect((await run('show', 'pay')).out).toMatch(/state +open[^]*tries again in +(30m|29m \d+s)\n/);
      expect((await run('list')).out).toMatch(/\npay +open .* (30m|29m \d+s)/);
      return jsonOf((await run('list', '--json')).out)[0];
    };
    const before = await look();
    expect((await backend.retrieve('pay')).record?.state).toBe('closed');
    // The index of troubled circuits is written by transitions (docs/operations.md).
    expect((await run('list', '--state', 'open')).code).toBe(3);
    // The next call finishes what the dead worker began; the end is the one that was told.
    expect((await living.settle(() => 'paid')).status).toBe('refused');
    expect(await look()).toMatchObject({ state: 'open', openings: 1, endsAt: before.endsAt });
    expect((await run('list', '--state', 'open')).out).toMatch(/\npay +open /);
    await Promise.all(factories.map((factory) => factory.close()));
    await dying.close();
  });

  test('open, close, release and reset change a circuit for the whole fleet', async () => {
    await fill(backend, { 'send-mail/acme': recordOf() });
    const overrideNow = async () => (await backend.retrieve('send-mail/acme')).record?.override;
    const opened = await run('open', 'send-mail/acme', '--yes', '--reason', 'INC-4711', '--for', '2h', '--by', 'grace');
    expect(opened).toEqual({ code: 0, out: 'send-mail/acme: done\n', err: expect.stringContaining('force open one') });
    expect(await overrideNow()).toMatchObject({ state: 'open', reason: 'INC-4711', by: 'grace' });
    const left = ((await overrideNow())?.until ?? 0) - Date.now();
    expect(left).toBeGreaterThan(7_100_000);
    expect(left).toBeLessThanOrEqual(7_200_000);

    expect((await run('close', 'send-mail/acme', '--yes')).code).toBe(0);
    expect(await overrideNow()).toMatchObject({ state: 'closed', reason: null, until: null });
    expect((await run('release', 'send-mail/acme', '--yes')).code).toBe(0);
    expect(await overrideNow()).toBeNull();
    expect(await run('release', 'send-mail/acme', '--yes')).toMatchObject({
      code: 3,
      err: expect.stringContaining('nothing to release'),
    });
    const { generation } = (await backend.retrieve('send-mail/acme')).record ?? { generation: 0 };
    expect((await run('reset', 'send-mail/acme', '--yes')).code).toBe(0);
    expect((await backend.retrieve('send-mail/acme')).record).toMatchObject({
      generation: generation + 1,
      counters: {},
    });
  });

  test('what is shown before a change says how long it holds, and that an override in its place goes', async () => {
    await fill(backend, { mail: recordOf() });
    const shown = async (...words: string[]) => (await run(...words, 'mail', '--dry-run')).err;
    expect(await shown('open')).toMatch(
      /\nAll calls are refused, without trials, until it is released; then it is closed\.\n/,
    );
    expect(await shown('open', '--for', '2h')).toMatch(
      /\nAll calls are refused.* until 2h are over or it is released; then it is closed\.\n/,
    );
    expect(await shown('close', '--for', '90s')).toMatch(
      /\nAll calls run.* until 1m 30s are over or it is released; then it protects again\.\n/,
    );
    await run('close', 'mail', '--yes');
    expect(await shown('trip')).toMatch(/\nCalls are refused now\..* An override that is there goes\.\n/);
    expect((await run('show', 'mail')).out).toMatch(/\nfailures +no calls counted since\n/);
  });

  test('trip opens a circuit in the ordinary way, for as long as told, with trials afterwards', async () => {
    await fill(backend, { 'send-mail/acme': recordOf() });
    const words = ['trip', 'send-mail/acme', '--for', '10m', '--reason', 'INC-4', '--by', 'ada', '--yes'];
    expect(await run(...words)).toMatchObject({ code: 0, out: 'send-mail/acme: done\n' });
    const { record } = await backend.retrieve('send-mail/acme');
    expect(record).toMatchObject({ state: 'open', openings: 1, override: null });
    const left = (record?.expiresAt ?? 0) - Date.now();
    expect(left).toBeGreaterThan(500_000);
    expect(left).toBeLessThanOrEqual(600_000);
    expect((await run('show', 'send-mail/acme')).out).toMatch(/INC-4/);
  });

  test('who did it is the user, unless --by says otherwise', async () => {
    expect((await run('open', 'mail', '--yes')).code).toBe(0);
    const { by } = (await backend.retrieve('mail')).record?.override ?? {};
    expect(by).toBe(userInfo().username);
    const env = { SUDO_USER: 'lin' };
    expect((await program.run(['open', 'mail', '--yes', '--redis', server.url], { env })).code).toBe(0);
    expect((await backend.retrieve('mail')).record?.override?.by).toBe('lin');
  });

  test('a prefix is all circuits that begin so, and no others', async () => {
    const records = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`a/${index}`, recordOf()]));
    await fill(backend, { ...records, 'b/1': recordOf() });
    const { code, out, err } = await run('open', '--prefix', 'a/', '--yes', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(jsonOf(out)).toHaveLength(40);
    expect((await backend.retrieve('a/39')).record?.override?.state).toBe('open');
    expect((await backend.retrieve('b/1')).record?.override).toBeNull();
    const released = await run('release', '--prefix', '', '--yes', '--json');
    expect(jsonOf(released.out)).toHaveLength(40);
    expect(jsonOf(released.out)[0]).toEqual({ name: expect.any(String), verb: 'release', done: true });
  });

  test('--state narrows what is changed, and --reason and --by what is released', async () => {
    await fill(backend, { 'a/open': openRecord(60_000), 'a/calm': recordOf() });
    const names = (out: string) => jsonOf(out).map(({ name }) => name);
    const opened = await run('open', '--prefix', 'a/', '--state', 'open', '--reason', 'mine', '--yes', '--json');
    expect(names(opened.out)).toEqual(['a/open']);
    expect((await run('open', 'a/calm', '--reason', 'theirs', '--by', 'lin', '--yes')).code).toBe(0);
    const released = await run('release', '--prefix', 'a/', '--reason', 'mine', '--yes', '--json');
    expect(names(released.out)).toEqual(['a/open']);
    expect((await run('release', '--prefix', 'a/', '--by', 'nobody', '--yes')).code).toBe(3);
    expect(names((await run('release', '--prefix', 'a/', '--by', 'lin', '--yes', '--json')).out)).toEqual(['a/calm']);
  });

  test('--dry-run shows what would be done and changes nothing', async () => {
    await fill(backend, { 'a/1': recordOf() });
    const before = await client.dumpBuffer('circuitry:{a/1}');
    const { code, out, err } = await run('open', '--prefix', 'a/', '--dry-run', '--reason', 'INC-1');
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toMatch(/force open one circuit in Redis at .*because INC-1:\n {2}a\/1 +closed/);
    expect(err).toContain('Nothing was changed');
    expect(await client.dumpBuffer('circuitry:{a/1}')).toEqual(before);
  });

  test('where nobody can be asked, it needs --yes: exit code 2, and nothing is changed', async () => {
    await fill(backend, { 'a/1': recordOf() });
    const { code, err } = await run('open', 'a/1');
    expect(code).toBe(2);
    expect(err).toContain('--yes does it, --dry-run shows');
    expect((await backend.retrieve('a/1')).record?.override).toBeNull();
  });

  test('watch prints pushed transitions, told apart by what was known before', async () => {
    await fill(backend, { 'a/open': openRecord(60_000) });
    const child = program.start(['watch', '--count', '3', '--json', '--prefix', 'a/', '--redis', server.url]);
    const end = ended(child);
    await new Promise<void>((resolve) =>
      child.stderr?.on('data', (text: Buffer) => void (text.includes('Following, by push') && resolve())),
    );
    await backend.store('b/other', null, openRecord(60_000), { ttl: 60_000 });
    await backend.store('a/new', null, openRecord(60_000), { ttl: 60_000 });
    await backend.store('a/open', 1_000, recordOf({ revision: 2_000 }), { ttl: 60_000 });
    await backend.store(
      'a/new',
      1_000,
      recordOf({ revision: 2_000, state: 'half-open', expiresAt: Date.now() + 60_000 }),
      { ttl: 60_000 },
    );
    const { code, out } = await end;
    expect(code).toBe(0);
    expect(jsonOf(out).map(({ name, from, to }) => ({ name, from, to }))).toEqual([
      { name: 'a/new', from: 'closed', to: 'open' },
      { name: 'a/open', from: 'open', to: 'closed' },
      { name: 'a/new', from: 'open', to: 'half-open' },
    ]);
  });

  test('Ctrl-C ends watch in order, with 0', async () => {
    const child = program.start(['watch', '--redis', server.url]);
    const end = ended(child);
    await new Promise<void>((resolve) =>
      child.stderr?.on('data', (text: Buffer) => void (text.includes('Following, by push') && resolve())),
    );
    child.kill('SIGINT');
    expect(await end).toMatchObject({ code: 0, out: '' });
  });

  test('doctor finds a sound store in order, counts its circuits and leaves nothing behind', async () => {
    await fill(backend, { 'a/1': recordOf(), 'a/2': openRecord(60_000) });
    const { code, out, err } = await run('doctor', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const findings = jsonOf(out);
    expect(findings.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['reachable', 'clock', 'store', 'apply', 'lock', 'push', 'rights', 'server', 'eviction']),
    );
    expect(findings.find(({ check }) => check === 'circuits').found).toMatch(/^2: 1 open, 1 closed/);
    expect((await client.keys('*')).filter((key) => !key.endsWith(':fence')).sort()).toEqual([
      'circuitry:troubled',
      'circuitry:{a/1}',
      'circuitry:{a/2}',
    ]);
    expect(await client.smembers('circuitry:troubled')).toEqual(['a/2']);
  });

  test('doctor names each right of the documented ones that is missing, and ends with 1', async () => {
    const document = readFileSync(new URL('../../../docs/redis.md', import.meta.url), 'utf8');
    const line = /^ACL SETUSER circuitry on >secret (.*?)^```/ms.exec(document)?.[1] ?? '';
    const rights = line.replaceAll('\\\n', ' ').trim().split(/\s+/);
    const env = { CIRCUITRY_REDIS_URL: server.url.replace('redis://', 'redis://weak:geheim@') };
    await client.call('ACL', 'SETUSER', 'weak', 'on', '>geheim', ...rights);
    const all = await program.run(['doctor', '--json'], { env });
    expect({ code: all.code, faults: jsonOf(all.out).filter(({ outcome }) => outcome !== 'ok') }).toEqual({
      code: 0,
      faults: [],
    });
    // Without these nothing answers, or is heard, at all; that is told otherwise.
    const others = ['+evalsha', '+eval', '+time', '+get', '+ping', '+info', '+publish', '+subscribe', '+unsubscribe'];
    const named = rights.filter((right) => right.startsWith('+') && !others.includes(right));
    await client.call('ACL', 'SETUSER', 'weak', ...named.map((right) => right.replace('+', '-')));
    const { code, out, err } = await program.run(['doctor'], { env });
    expect(code).toBe(1);
    for (const right of named) expect(/ACL SETUSER <user> (.*)/.exec(out)?.[1]?.split(' ')).toContain(right);
    expect(`${out}${err}`).not.toContain('geheim');
  });

  test('doctor warns of a server that may drop circuits, and of a prefix that a user may not touch', async () => {
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      const { code, out } = await run('doctor');
      expect(code).toBe(0);
      expect(out).toMatch(/warning {2}eviction: allkeys-lru\n.*forced ones as well.*noeviction/);
    } finally {
      await client.config('SET', 'maxmemory-policy', 'noeviction');
    }
    await client.call('ACL', ...'SETUSER other on >geheim ~other:* &* +@all'.split(' '));
    const env = { CIRCUITRY_REDIS_URL: server.url.replace('redis://', 'redis://other:geheim@') };
    const { code, out } = await program.run(['doctor', '--key-prefix', 'other'], { env });
    expect({ code, out }).toMatchObject({ code: 0 });
    expect((await program.run(['doctor'], { env })).code).toBe(1);
  });

  test('doctor --read-only writes nothing', async () => {
    await fill(backend, { 'a/1': recordOf() });
    const before = (await client.info('commandstats')).match(/cmdstat_(set|hset|del|publish):calls=\d+/g);
    const { code, out } = await run('doctor', '--read-only');
    expect(code).toBe(0);
    expect(out).toContain('skipped  verbs');
    expect((await client.info('commandstats')).match(/cmdstat_(set|hset|del|publish):calls=\d+/g)).toEqual(before);
  });

  test('another key prefix is another store', async () => {
    await fill(backend, { 'a/1': recordOf() });
    expect((await run('list', '--key-prefix', 'elsewhere')).code).toBe(3);
  });
});
