// What `npx @circuitry/cli` is told of this store: any backend that keeps the contract will do.
import pg from 'pg';
import { PostgresBackend } from './src/postgres-backend.mjs';

const connectionString = process.env.DATABASE_URL;
const pool = new pg.Pool({ connectionString });
const { CIRCUITS_SCHEMA: schema = 'public' } = process.env;

export const backend = new PostgresBackend(pool, { schema, listenOn: () => new pg.Client({ connectionString }) });
export const close = () => pool.end();
