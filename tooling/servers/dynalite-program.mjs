/**
 * dynalite as a program: its own command line can't say how long an idle connection stays open. Node's default is five
 * seconds, and on a loaded machine a client then writes to a connection that is just being closed: nobody knows whether
 * such a write happened. DynamoDB keeps them longer.
 *
 * Its arguments: the folder of dynalite's package, and a port.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, port] = process.argv.slice(2);
const dynalite = createRequire(import.meta.url)(join(folder, 'index.js'));
const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
server.keepAliveTimeout = 600_000;
server.listen(Number(port), '127.0.0.1', () => console.log('dynalite is listening'));
