/** The store's clock, ms since the epoch. Not now(): that stands still while a statement waits for a row. */
export const clock = '(extract(epoch FROM clock_timestamp()) * 1000)::float8';

/** What a record must look like, as PostgreSQL sees it: a conditional write must not go over a damaged row. */
const soundRecord = `
  $.generation >= 0 && $.openings >= 0 && $.since >= 0 && $.by.type() == "string"
  && ($.lastFailure == null || $.lastFailure.type() == "string")
  && (($.state == "closed" && $.expiresAt == null)
    || (($.state == "closed" || $.state == "open" || $.state == "half-open") && $.expiresAt >= 0))
  && ($.override == null
    || (($.override.state == "open" || $.override.state == "closed")
      && ($.override.reason == null || $.override.reason.type() == "string")
      && ($.override.by == null || $.override.by.type() == "string")
      && ($.override.until == null || $.override.until >= 0)))`;
/** What `list({ only: 'troubled' })` yields; a damaged row as well, so that nobody overlooks it. */
const trouble = `coalesce(record ->> 'state' <> 'closed' OR record -> 'override' <> 'null', true)`;
const noInteger = '@ != @.floor() || @ > 9007199254740991 || @ < -9007199254740991';

/**
 * The names of one store's tables and channel, checked, quoted and ready for statements.
 *
 * Everything stands under the schema's and table's name, so that two of them share nothing.
 */
export function namesOf({ schema = 'public', table = 'circuits' } = {}) {
  const names = {
    schema,
    circuits: table,
    locks: `${table}_locks`,
    index: `${table}_troubled`,
    channel: `${schema}.${table}`,
  };
  for (const name of Object.values(names)) {
    // PostgreSQL would cut a longer one in silence, and two stores could meet.
    if (name === '' || Buffer.byteLength(name) > 63 || name.includes('\0'))
      throw new RangeError(`${JSON.stringify(name)} is no name for PostgreSQL: 1 to 63 bytes, give a shorter one.`);
  }
  const { channel } = names;
  return {
    circuits: `${quoted(schema)}.${quoted(names.circuits)}`,
    locks: `${quoted(schema)}.${quoted(names.locks)}`,
    indexName: quoted(names.index),
    channel,
    listen: `LISTEN ${quoted(channel)}`,
  };
}

/** Creates what is missing. Workers that start together take turns: CREATE … IF NOT EXISTS alone can fail then. */
export function creation({ circuits, locks, indexName }) {
  const tables = [circuits, locks].map(oneTable).join(' ');
  const index = `CREATE INDEX IF NOT EXISTS ${indexName} ON ${circuits} (name) WHERE troubled;`;
  return `SELECT pg_advisory_xact_lock(hashtext('circuitry')); ${tables} ${index}`;
}

/** Names are bytes: no collation, no normalisation, no trouble with NUL. */
function oneTable(table) {
  return `
    CREATE TABLE IF NOT EXISTS ${table} (
      name bytea PRIMARY KEY,
      format integer NOT NULL,
      revision bigint NOT NULL CHECK (revision BETWEEN 1 AND 9007199254740991),
      record jsonb NOT NULL,
      counters jsonb NOT NULL,
      ends_at float8 NOT NULL,
      troubled boolean NOT NULL GENERATED ALWAYS AS (${trouble}) STORED,
      sound boolean NOT NULL GENERATED ALWAYS AS (
        coalesce(record @@ '${soundRecord}', false)
        AND NOT jsonb_path_exists(record, '$.** ? (@.type() == "number" && (${noInteger}))')
        AND jsonb_typeof(counters) = 'object'
        AND NOT jsonb_path_exists(counters, '$.* ? (@.type() != "number" || ${noInteger})')
      ) STORED
    ) WITH (fillfactor = 70);`;
}

function quoted(name) {
  return `"${name.replaceAll('"', '""')}"`;
}
