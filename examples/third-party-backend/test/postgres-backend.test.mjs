import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { PostgresBackend } from '../src/postgres-backend.mjs';

// What the kit can't see from outside: what is in the tables, what waits for a row, what becomes of the pool.

const { url, missing } = inject('postgres');
const schema = `backend_${process.pid}`;
const ttl = 600_000;
const record = {
  revision: 3,
  state: 'open',
  generation: 1,
  openings: 1,
  since: 5,
  expiresAt: 9,
  override: null,
  by: 'a worker',
  lastFailure: 'HTTPError 503',
  counters: { failures: 2 },
};

describe('PostgresBackend', () => {
  let pool;
  let backend;
  const make = (options) => new PostgresBackend(pool, { schema, listenOn: () => new pg.Client(url), ...options });

  beforeAll(async () => {
    if (missing !== undefined) return;
    pool = new pg.Pool({ connectionString: url });
    await pool.query(`CREATE SCHEMA ${schema}`);
    await Promise.all([make(), make(), make()].map((each) => each.createTables()));
  });
  beforeEach(async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    backend = make();
    await pool.query(`TRUNCATE ${schema}.circuits`);
    await backend.store('circuit', null, record, { ttl });
    return () => backend.close();
  });
  afterAll(async () => {
    await pool?.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool?.end();
  });

  const writes = [
    () => backend.apply('circuit', 3, { add: { failures: 1 } }, { ttl }),
    () => backend.store('circuit', 3, { ...record, revision: 4 }, { ttl }),
    () => backend.store('circuit', null, record, { ttl }),
  ];
  const rows = async () => (await pool.query(`SELECT * FROM ${schema}.circuits ORDER BY name`)).rows;

  it('refuses a record of a newer format by name, and leaves it as it is (clause V2)', async () => {
    await pool.query(`UPDATE ${schema}.circuits SET format = 2`);
    const before = await rows();
    for (const call of [() => backend.retrieve('circuit'), ...writes])
      await expect(call()).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_RECORD', circuitName: 'circuit', format: 2 });
    expect(await rows()).toEqual(before);
  });

  it.each([
    [`record = jsonb_set(record, '{generation}', '1.5')`, 'generation'],
    [`record = jsonb_set(record, '{override}', '{"state":"ajar"}')`, 'override.state'],
    [`record = jsonb_set(record, '{expiresAt}', 'null')`, 'expiresAt'],
    [`counters = jsonb_set(counters, '{failures}', '"2"')`, 'counters.failures'],
    [`counters = jsonb_set(counters, '{failures}', '9007199254740992')`, 'counters.failures'],
    [`counters = '[]'`, 'record'],
  ])('writes nothing over a row with %s', async (damage, field) => {
    await pool.query(`UPDATE ${schema}.circuits SET ${damage}`);
    const before = await rows();
    for (const call of writes) await expect(call()).rejects.toMatchObject({ code: 'ERR_CORRUPT_RECORD', field });
    expect(await rows()).toEqual(before);
  });

  it('looks at what a store expects once more after it waited for the row (clause S4)', async () => {
    const other = await pool.connect();
    await other.query('BEGIN');
    await other.query(`UPDATE ${schema}.circuits SET counters = '{"failures":3}'`);
    const waiting = backend.store('circuit', 3, { ...record, revision: 4 }, { ttl, expect: { failures: 2 } });
    const isWaiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${schema}%'`;
    await expect.poll(async () => (await pool.query(isWaiting)).rowCount, { timeout: 30_000 }).toBe(1);
    await other.query('COMMIT');
    other.release();
    expect(await waiting).toMatchObject({ applied: false, record: { revision: 3, counters: { failures: 3 } } });
  });

  it('keeps texts that jsonb has no form for', async () => {
    const override = { state: 'open', reason: 'NUL \0, half a pair \ud83d, %0000', by: '%', until: null };
    const odd = { ...record, revision: 4, by: '\0', override, counters: { '\0': 1, '%0000': 2 } };
    await backend.store('circuit', 3, odd, { ttl });
    expect((await backend.retrieve('circuit')).record).toEqual(odd);
  });

  it('says that something was missed where a record is too long to be announced', async () => {
    const events = [];
    await backend.watch((event) => events.push(event));
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`counter ${index}`, index]));
    await make({}).store('circuit', 3, { ...record, revision: 4, counters: many }, { ttl });
    await expect.poll(() => events, { timeout: 30_000 }).toEqual([{ type: 'missed' }]);
  });

  it('takes what others send on its channel for something missed', async () => {
    const events = [];
    await backend.watch((event) => events.push(event));
    await pool.query('SELECT pg_notify($1, $2)', [`${schema}.circuits`, 'no JSON']);
    await expect.poll(() => events, { timeout: 30_000 }).toEqual([{ type: 'missed' }]);
  });

  it('deletes what is over when told to, and nothing else', async () => {
    await backend.store('for ever', null, record, { ttl: Infinity });
    await backend.store('short', null, record, { ttl: 1 });
    await expect.poll(async () => (await backend.retrieve('short')).record).toBeNull();
    expect(await rows()).toHaveLength(3);
    await backend.removeEnded();
    expect((await rows()).map(({ name }) => name.toString())).toEqual(['circuit', 'for ever']);
  });

  it('leaves the pool to whoever made it', async () => {
    const listeners = pool.listenerCount('error');
    const another = make();
    await another.retrieve('circuit');
    await another.close();
    expect(pool.listenerCount('error')).toBe(listeners);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('has no watch where it was given nothing to listen on', () => {
    expect(make({ listenOn: undefined }).watch).toBeUndefined();
  });

  it('refuses a table’s name that PostgreSQL would cut', () => {
    expect(() => make({ table: 't'.repeat(60) })).toThrow(/1 to 63 bytes/);
  });

  it('says what to mend where the tables were never created', async () => {
    await expect(make({ table: 'nowhere' }).retrieve('circuit')).rejects.toMatchObject({
      code: 'ERR_STORAGE',
      retriable: false,
      message: expect.stringContaining('relation "'),
    });
  });
});
