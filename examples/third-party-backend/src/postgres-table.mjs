import { assertName, meetsExpectation } from '@circuitry/core';
import { escaped, format, toJson, toRecord, toRow } from './codec.mjs';
import { clock } from './tables.mjs';

const columns = `format, revision, record, counters, sound, ${clock} AS now`;
/** What a conditional write never goes over: what has ended, is damaged, or is in a newer format. */
const writable = `ends_at > ${clock} AND sound AND format = ${format}`;
/** The largest payload of a NOTIFY, bytes. */
const longestPayload = 7_999;

/** The records of one table. Each call is one statement, and a second one where a condition failed. */
export class PostgresTable {
  #connections;
  #table;
  #channel;

  /** @param channel where stores are announced; null: nowhere */
  constructor(connections, table, channel) {
    this.#connections = connections;
    this.#table = table;
    this.#channel = channel;
  }

  async retrieve(name, options) {
    assertName(name);
    const select = `SELECT ${columns}, ends_at > ${clock} AS lives FROM ${this.#table} WHERE name = $1`;
    const [row] = await this.#run('read', name, options, select, [bytes(name)]);
    if (row === undefined) return { record: null };
    // PostgreSQL deletes nothing by itself: what is over is absent because this says so.
    return { record: row.lives ? toRecord(name, row) : null, now: Math.floor(row.now) };
  }

  /** One row is locked, compared and changed in one step, so concurrent applies add up. */
  async apply(name, revision, { add = {}, set = {}, drop = [] }, options) {
    assertName(name);
    const update = `
      UPDATE ${this.#table} SET
        ends_at = ${clock} + $3,
        counters = (counters - $4::text[]) || $5::jsonb || coalesce((
          SELECT jsonb_object_agg(key, coalesce((counters ->> key)::numeric, 0) + value::numeric)
          FROM jsonb_each_text($6::jsonb)), '{}')
      WHERE name = $1 AND revision = $2 AND ${writable}
      RETURNING ${columns}`;
    const values = [bytes(name), revision, options.ttl, drop.map(escaped), toJson(set), toJson(add)];
    const isMet = (record) => record?.revision === revision;
    return this.#change('apply to', name, options, isMet, update, values);
  }

  async store(name, revision, next, options) {
    assertName(name);
    const { expect = {} } = options;
    const isMet = (record) =>
      (record === null ? revision === null : record.revision === revision) &&
      meetsExpectation(record?.counters ?? {}, expect);
    // Nothing can be expected of no record but zeros.
    if (revision === null && !isMet(null)) return { applied: false, ...(await this.retrieve(name, options)) };
    const row = toRow(next);
    const values = [bytes(name), row.revision, row.record, row.counters, options.ttl];
    const write =
      revision === null ? this.#insertion() : this.#replacement(values.push(revision), values.push(toJson(expect)));
    return this.#change('store', name, options, isMet, this.#announcing(write, name, next, values), values);
  }

  async delete(name, options) {
    assertName(name);
    await this.#run('delete', name, { ...options, writes: true }, `DELETE FROM ${this.#table} WHERE name = $1`, [
      bytes(name),
    ]);
  }

  /**
   * Pages go by key, not by position: what is deleted meanwhile shifts nothing out of sight. Of circuits in trouble there is
   * an index of their own, so that they cost what they are and not what the table holds.
   */
  async *list({ prefix = '', only, pageSize = 500, signal } = {}) {
    const [from, until] = rangeOf(prefix);
    const select = `
      SELECT name, ${columns} FROM ${this.#table}
      WHERE name >= $1 AND ($2::bytea IS NULL OR name < $2) AND ($3::bytea IS NULL OR name > $3) AND ends_at > ${clock}
        ${only === 'troubled' ? 'AND troubled' : ''}
      ORDER BY name LIMIT $4`;
    const what = `list the names that begin with ${JSON.stringify(prefix)}`;
    for (let after = null; ;) {
      const page = await this.#connections.run({ what, signal }, select, [from, until, after, pageSize]);
      for (const row of page) {
        const name = row.name.toString('utf8');
        yield { name, record: toRecord(name, row) };
      }
      if (page.length < pageSize) return;
      after = page.at(-1).name;
    }
  }

  /** Deletes what is over. Nothing depends on it but the size of the table. */
  async removeEnded(options) {
    const deletion = `DELETE FROM ${this.#table} WHERE ends_at <= ${clock}`;
    await this.#connections.run({ what: 'delete what is over', signal: options?.signal, writes: true }, deletion);
  }

  #insertion() {
    return `
      INSERT INTO ${this.#table} AS held (name, format, revision, record, counters, ends_at)
      VALUES ($1, ${format}, $2, $3::jsonb, $4::jsonb, ${clock} + $5)
      ON CONFLICT (name) DO UPDATE SET format = excluded.format, revision = excluded.revision,
        record = excluded.record, counters = excluded.counters, ends_at = excluded.ends_at
      WHERE held.ends_at <= ${clock}
      RETURNING ${columns}`;
  }

  /** A scalar sub-query, for it is asked again of a row that another call changed meanwhile; NOT EXISTS is not. */
  #replacement(expected, expectation) {
    return `
      UPDATE ${this.#table} SET format = ${format}, revision = $2, record = $3::jsonb, counters = $4::jsonb,
        ends_at = ${clock} + $5
      WHERE name = $1 AND revision = $${expected} AND ${writable} AND coalesce((
        SELECT bool_and(coalesce((counters ->> key)::numeric, 0) = value::numeric)
        FROM jsonb_each_text($${expectation}::jsonb)), true)
      RETURNING ${columns}`;
  }

  /** Those who listen are told in the same transaction: of what was stored, and of nothing else. */
  #announcing(write, name, record, values) {
    if (this.#channel === null) return write;
    const whole = JSON.stringify({ name, record });
    const payload = Buffer.byteLength(whole) > longestPayload ? JSON.stringify({ name }) : whole;
    const [channel, text] = [values.push(this.#channel), values.push(payload)];
    return `WITH written AS (${write}) SELECT written.*, pg_notify($${channel}, $${text}) FROM written`;
  }

  /** A conditional write, and a look at what stands in its way where it was not applied. */
  async #change(verb, name, options, isMet, statement, values) {
    for (;;) {
      const [row] = await this.#run(verb, name, { ...options, writes: true }, statement, values);
      if (row !== undefined) return { applied: true, record: toRecord(name, row), now: Math.floor(row.now) };
      const reading = await this.retrieve(name, options);
      // What stands there now must be a reason to refuse. If it no longer is, somebody wrote in between: once more.
      if (!isMet(reading.record)) return { applied: false, ...reading };
    }
  }

  #run(verb, name, { signal, writes = false } = {}, statement, values) {
    return this.#connections.run({ what: `${verb} ${JSON.stringify(name)}`, signal, writes }, statement, values);
  }
}

function bytes(text) {
  return Buffer.from(text, 'utf8');
}

/** From the prefix until the first name after all that begin with it. */
function rangeOf(prefix) {
  const from = bytes(prefix);
  if (from.length === 0) return [from, null];
  const until = Buffer.from(from);
  // No byte of UTF-8 is 255.
  until[until.length - 1] += 1;
  return [from, until];
}
