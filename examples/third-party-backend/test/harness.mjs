import pg from 'pg';
import { PostgresBackend } from '../src/postgres-backend.mjs';
import { CuttableWay } from './cuttable.mjs';

/**
 * A schema of its own for each check, called what the kit suggests; each handle has a pool of its own, as another
 * process would.
 *
 * @returns {import('@circuitry/testkit').StorageHarness}
 */
export function harnessOn(url) {
  return {
    async open({ name: schema }) {
      const operator = new pg.Client(url);
      await operator.connect();
      await operator.query(`CREATE SCHEMA ${schema}`);
      const { host, port } = operator;
      const way = new CuttableWay(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
      await way.open();
      const { user, password, database, ssl } = operator;
      const settings = { host: '127.0.0.1', port: way.port, user, password, database, ssl, max: 10, keepAlive: true };
      const pools = [];
      const connect = () => {
        const pool = new pg.Pool(settings);
        pools.push(pool);
        return new PostgresBackend(pool, { schema, listenOn: () => new pg.Client(settings) });
      };
      // What is run beside the workers goes its own way to the server.
      const own = new pg.Pool(typeof url === 'string' ? { connectionString: url, max: 1 } : { ...url, max: 1 });
      const keeper = new PostgresBackend(own, { schema });
      await keeper.createTables();
      return {
        connect,
        outage: { begin: (how) => (how === 'hang' ? way.hang() : way.cut()), end: () => way.mend() },
        lostReplies: { begin: () => way.loseReplies(), end: () => way.mend() },
        async held() {
          await keeper.removeEnded();
          const { rows } = await operator.query(`SELECT count(*)::int AS count FROM ${schema}.circuits`);
          return rows[0].count;
        },
        corrupt: async (name) => {
          const damage = `UPDATE ${schema}.circuits SET record = record - 'state' WHERE name = $1`;
          await operator.query(damage, [Buffer.from(name)]);
        },
        async close() {
          await Promise.all([own, ...pools].map((pool) => pool.end()));
          await way.cut();
          await operator.query(`DROP SCHEMA ${schema} CASCADE`);
          await operator.end();
        },
      };
    },
  };
}
