import { applyDelta, assertName, isCircuitryError, meetsExpectation, StorageError } from '@circuitry/core';
import { decode, encode } from './codec.mjs';

/** One table of records. Every call is one transaction, which is what makes it atomic among processes. */
export class SqliteTable {
  #database;
  #refuseIfOver;
  #table;

  constructor(database, table, refuseIfOver) {
    this.#database = database;
    this.#table = table;
    this.#refuseIfOver = refuseIfOver;
    // Names as bytes: no collation, no normalisation, no trouble with NUL.
    database.exec(`CREATE TABLE IF NOT EXISTS ${table} (name BLOB PRIMARY KEY, record TEXT NOT NULL, ends_at REAL)`);
  }

  async retrieve(name, options) {
    return this.#transaction('retrieve', name, options, () => ({ record: this.#read(name) }));
  }

  async apply(name, revision, delta, options) {
    return this.#transaction('apply', name, options, () => {
      const record = this.#read(name);
      if (record === null || record.revision !== revision) return { applied: false, record };
      const next = { ...record, counters: applyDelta(record.counters, delta) };
      this.#write(name, next, options.ttl);
      return { applied: true, record: next };
    });
  }

  async store(name, revision, next, options) {
    return this.#transaction('store', name, options, () => {
      const record = this.#read(name);
      const expected = record === null ? revision === null : record.revision === revision;
      if (!expected || !meetsExpectation(record?.counters ?? {}, options.expect)) return { applied: false, record };
      this.#write(name, next, options.ttl);
      return { applied: true, record: next };
    });
  }

  async delete(name, options) {
    this.#transaction('delete', name, options, () =>
      this.#run(`DELETE FROM ${this.#table} WHERE name = ?`, bytes(name)),
    );
  }

  async *list({ prefix = '', pageSize = 100, signal } = {}) {
    let after = null;
    for (;;) {
      const page = this.#inTransaction(`list with prefix ${JSON.stringify(prefix)}`, signal, () =>
        this.#page(prefix, after, pageSize),
      );
      for (const row of page) {
        const name = Buffer.from(row.name).toString('utf8');
        yield { name, record: decode(name, row.record) };
      }
      if (page.length < pageSize) return;
      after = Buffer.from(page.at(-1).name);
    }
  }

  /** Pages go by key, not by position: what is deleted meanwhile shifts nothing out of sight. */
  #page(prefix, after, pageSize) {
    const start = bytes(prefix);
    const conditions = [
      ['(ends_at IS NULL OR ends_at > ?)', [Date.now()]],
      // An empty value is left out: not every driver can bind one.
      ...(prefix === '' ? [] : [['substr(name, 1, ?) = ?', [start.length, start]]]),
      ...(after === null ? [] : [['name > ?', [after]]]),
    ];
    const where = conditions.map(([condition]) => condition).join(' AND ');
    const select = `SELECT name, record FROM ${this.#table} WHERE ${where} ORDER BY name LIMIT ?`;
    return this.#database.prepare(select).all([...conditions.flatMap(([, values]) => values), pageSize]);
  }

  #read(name) {
    const row = this.#database.prepare(`SELECT record, ends_at FROM ${this.#table} WHERE name = ?`).get([bytes(name)]);
    // SQLite deletes nothing by itself: what is over is absent because this says so.
    if (row === undefined || (row.ends_at !== null && row.ends_at <= Date.now())) return null;
    return decode(name, row.record);
  }

  #write(name, record, ttl) {
    const endsAt = ttl === Infinity ? null : Date.now() + ttl;
    this.#run(
      `INSERT OR REPLACE INTO ${this.#table} (name, record, ends_at) VALUES (?, ?, ?)`,
      bytes(name),
      encode(record),
      endsAt,
    );
  }

  #run(sql, ...values) {
    this.#database.prepare(sql).run(values);
  }

  #transaction(verb, name, options, work) {
    assertName(name);
    return this.#inTransaction(`${verb} of ${JSON.stringify(name)}`, options?.signal, work);
  }

  #inTransaction(what, signal, work) {
    this.#refuseIfOver(signal);
    let begun = false;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      begun = true;
      const answer = work();
      this.#database.exec('COMMIT');
      return answer;
    } catch (error) {
      if (begun) this.#rollBack();
      if (isCircuitryError(error)) throw error;
      // A transaction that failed was rolled back: nothing happened, and nobody need wonder.
      throw new StorageError(`The SQLite store failed at ${what}: ${error.message}`, {
        cause: error,
        ambiguous: false,
      });
    }
  }

  #rollBack() {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled it back already.
    }
  }
}

function bytes(text) {
  return Buffer.from(text, 'utf8');
}
