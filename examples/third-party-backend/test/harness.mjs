import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { SqliteBackend } from '../src/sqlite-backend.mjs';

/** A file of its own for each check; each handle has a connection of its own, as another process would. */
export const harness = {
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'circuitry-sqlite-'));
    const file = join(folder, 'circuits.db');
    const connections = [];
    const connect = () => {
      const database = new Database(file, { timeout: 50 });
      // No test outlives a power cut, and waiting for the disk is most of a run.
      database.pragma('synchronous = OFF');
      connections.push(database);
      return database;
    };
    const operator = connect();
    return {
      connect: () => new SqliteBackend(connect()),
      // Whoever holds the file exclusively keeps everybody else out, readers too.
      outage: {
        begin: () => operator.exec('BEGIN EXCLUSIVE'),
        end: () => operator.exec('ROLLBACK'),
      },
      corrupt: (name) =>
        operator
          .prepare('UPDATE circuits SET record = \'{"format":1,"record":{}}\' WHERE name = ?')
          .run([Buffer.from(name)]),
      async close() {
        for (const connection of connections) connection.close();
        await rm(folder, { recursive: true });
      },
    };
  },
};
