import { spawn } from 'node:child_process';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { PostgresBackend } from '../src/postgres-backend.mjs';

// The command as a stranger has it: installed, and told of the store by circuitry.config.mjs.

const { url, missing } = inject('postgres');
const schema = `cli_${process.pid}`;
const ttl = 600_000;

describe('the command over a stranger’s backend', () => {
  let pool;
  let backend;

  beforeAll(async () => {
    if (missing !== undefined) return;
    pool = new pg.Pool({ connectionString: url });
    await pool.query(`CREATE SCHEMA ${schema}`);
    backend = new PostgresBackend(pool, { schema });
    await backend.createTables();
    await backend.store('mail/calm', null, recordOf({}), { ttl });
    await backend.store('mail/acme', null, openRecord(), { ttl });
  });
  beforeEach(({ skip }) => {
    if (missing !== undefined) skip(missing);
  });
  afterAll(async () => {
    if (missing !== undefined) return;
    await backend.close();
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
  });

  it('lists the troubled first, and ends with 3 where nothing matches', async () => {
    const { code, out, err } = await circuitry('list', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(linesOf(out).map(({ name, state }) => [name, state])).toEqual([
      ['mail/acme', 'open'],
      ['mail/calm', 'closed'],
    ]);
    expect((await circuitry('list', '--prefix', 'pay/')).code).toBe(3);
    expect((await circuitry('show', 'mail/acme')).code).toBe(0);
    expect((await circuitry('show', 'mail/nobody')).code).toBe(3);
  });

  it('forces, releases and resets, and needs --yes', async () => {
    expect((await circuitry('open', 'mail/calm')).code).toBe(2);
    const forced = await circuitry('open', 'mail/calm', '--yes', '--reason', 'INC-1', '--for', '1h', '--by', 'ada');
    expect(forced).toMatchObject({ code: 0, out: 'mail/calm: done\n' });
    expect((await backend.retrieve('mail/calm')).record.override).toMatchObject({ reason: 'INC-1', by: 'ada' });
    expect((await circuitry('close', 'mail/calm', '--yes')).code).toBe(0);
    expect((await circuitry('release', '--prefix', 'mail/', '--yes')).out).toBe('mail/calm: done\n');
    expect((await circuitry('reset', 'mail/calm', '--yes')).code).toBe(0);
    expect((await circuitry('trip', 'mail/calm', '--for', '5m', '--yes')).code).toBe(0);
    expect((await backend.retrieve('mail/calm')).record).toMatchObject({ state: 'open', override: null });
  });

  it('follows transitions by push', async () => {
    const seen = circuitry('watch', '--count', '1', '--json');
    await seen.says('Following, by push');
    await backend.store('mail/new', null, openRecord(), { ttl });
    const { code, out } = await seen;
    expect(code).toBe(0);
    expect(linesOf(out)).toMatchObject([{ name: 'mail/new', from: 'closed', to: 'open' }]);
  });

  it('examines the store through the contract alone', async () => {
    const { code, out } = await circuitry('doctor', '--json');
    expect(code).toBe(0);
    expect(linesOf(out).map(({ check, outcome }) => [check, outcome])).toEqual(
      ['reachable', 'contract', 'clock', 'store', 'apply', 'lock', 'delete', 'push', 'circuits'].map((check) => [
        check,
        'ok',
      ]),
    );
    expect((await circuitry('table', 'describe')).code).toBe(2);
  });

  it('ends with 1 where the store is down', async () => {
    const { code, err } = await run(['list'], { DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' });
    expect(code).toBe(1);
    expect(err).toContain('ERR_STORAGE');
  });
});

function circuitry(...words) {
  return run(words, { DATABASE_URL: url });
}

/** A run's end; `says` resolves once it said so. */
function run(words, env) {
  const program = new URL('../node_modules/.bin/circuitry', import.meta.url).pathname;
  const child = spawn(process.execPath, [program, ...words], {
    cwd: new URL('..', import.meta.url).pathname,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, CIRCUITS_SCHEMA: schema, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
  const says = (text) =>
    new Promise((resolve, reject) => {
      const look = () => err.includes(text) && resolve();
      child.stderr.on('data', look);
      child.once('close', () => reject(new Error(`ended without saying ${text}: ${err}`)));
    });
  return Object.assign(ended, { says });
}

function linesOf(out) {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function openRecord() {
  const now = Date.now();
  return recordOf({ state: 'open', openings: 1, generation: 1, since: now, expiresAt: now + 300_000 });
}

function recordOf(more) {
  return {
    revision: 1_000,
    state: 'closed',
    generation: 0,
    openings: 0,
    since: 0,
    expiresAt: null,
    override: null,
    by: 'a worker',
    lastFailure: null,
    counters: { 'total.failures': 3 },
    ...more,
  };
}
