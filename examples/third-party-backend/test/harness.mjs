import pg from 'pg';
import { PostgresBackend } from '../src/postgres-backend.mjs';
import { CuttableWay } from './cuttable.mjs';

let stores = 0;

/** A schema of its own for each check; each handle has a pool of its own, as another process would. */
export function harnessOn(url) {
  return {
    async open() {
      const schema = `check_${process.pid}_${(stores += 1)}`;
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
      await connect().createTables();
      return {
        connect,
        outage: { begin: () => way.cut(), end: () => way.open() },
        corrupt: async (name) => {
          const damage = `UPDATE ${schema}.circuits SET record = record - 'state' WHERE name = $1`;
          await operator.query(damage, [Buffer.from(name)]);
        },
        async close() {
          await Promise.all(pools.map((pool) => pool.end()));
          await way.cut();
          await operator.query(`DROP SCHEMA ${schema} CASCADE`);
          await operator.end();
        },
      };
    },
  };
}
