/**
 * Brings up a DynamoDB-compatible server for tests, examples and benchmarks, without Docker and without a download.
 *
 * - `DYNAMODB_ENDPOINT`, where set, is the server: nothing is started, and nothing is ended.
 * - else dynoxide, a static binary inside an npm package, where it is installed (Linux x64).
 * - else dynalite, which is JavaScript and runs everywhere.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endsWithUs } from './ends-with-us.mjs';

// dynalite is a development dependency of the backend's package, wherever this file is called from; dynoxide is an
// optional one of these tools, for only a private package may have an optional one that its users don't get.
const backendManifest = new URL('../../packages/backend-dynamodb/package.json', import.meta.url);

const dynalite = fileURLToPath(new URL('dynalite-program.mjs', import.meta.url));

/** How long a server may take to answer, ms: generous, a loaded machine is slow. */
const startTimeout = 20_000;

/**
 * @typedef {'dynoxide' | 'dynalite' | 'endpoint'} ServerKind
 * @typedef {object} DynamoDBServer
 * @property {ServerKind} kind what answers
 * @property {string} endpoint where, for the SDK's `endpoint`
 * @property {number} port its port on this machine; 0 for a given endpoint
 * @property {{ region: string, endpoint: string, credentials?: { accessKeyId: string, secretAccessKey: string } }} clientConfig
 *   what a `new DynamoDBClient(...)` needs to speak to it
 * @property {() => Promise<void>} close ends what was started, and only that
 */

/**
 * Which servers can be had here, the preferred one first.
 *
 * @returns {ServerKind[]}
 */
export function availableServers() {
  const kinds = /** @type {ServerKind[]} */ ([]);
  if (process.env['DYNAMODB_ENDPOINT']) kinds.push('endpoint');
  if (dynoxideBinary() !== null) kinds.push('dynoxide');
  if (dynaliteFolder() !== null) kinds.push('dynalite');
  return kinds;
}

/**
 * A file that changes with the version, for each server that is started here; null where it is not installed.
 *
 * @returns {Record<'dynoxide' | 'dynalite', string | null>}
 */
export function serverFiles() {
  const folder = dynaliteFolder();
  return { dynoxide: dynoxideBinary(), dynalite: folder === null ? null : join(folder, 'package.json') };
}

/**
 * Why a server can't be had here, in words for whoever reads a skipped test; null where it can.
 *
 * @param {ServerKind} kind
 * @returns {string | null}
 */
export function whyUnavailable(kind) {
  if (availableServers().includes(kind)) return null;
  if (kind === 'endpoint') return 'DYNAMODB_ENDPOINT is not set';
  if (kind === 'dynoxide') return `dynoxide has no binary installed for ${process.platform} ${process.arch}`;
  return 'dynalite is not installed';
}

/**
 * Starts a server on a free port of the loopback interface, in memory.
 *
 * @param {{ kind?: ServerKind, port?: number }} [options] `kind`: default, the first of {@link availableServers};
 *   `port`: default, a free one
 * @returns {Promise<DynamoDBServer>}
 */
export async function startDynamoDB(options = {}) {
  const kind = options.kind ?? availableServers()[0];
  if (kind === undefined) throw new Error('No DynamoDB-compatible server: install dynalite, or set DYNAMODB_ENDPOINT.');
  const reason = whyUnavailable(kind);
  if (reason !== null) throw new Error(`Can't start ${kind}: ${reason}.`);
  if (kind === 'endpoint') return givenEndpoint();
  // Between finding a port free and listening on it another process may take it: then the next one is tried.
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    try {
      return await startProgram(kind, port);
    } catch (error) {
      if (options.port !== undefined || attempt === 3) throw error;
    }
  }
}

/** @returns {DynamoDBServer} */
function givenEndpoint() {
  const endpoint = /** @type {string} */ (process.env['DYNAMODB_ENDPOINT']);
  // Real credentials, where the environment has some, are the SDK's to find.
  const own = process.env['AWS_ACCESS_KEY_ID'] ? {} : { credentials: localCredentials };
  const region = process.env['AWS_REGION'] ?? localRegion;
  return { kind: 'endpoint', endpoint, port: 0, clientConfig: { region, endpoint, ...own }, close: async () => {} };
}

/**
 * @param {'dynoxide' | 'dynalite'} kind
 * @param {number} port
 * @returns {Promise<DynamoDBServer>}
 */
async function startProgram(kind, port) {
  const [program, ...parameters] =
    kind === 'dynoxide'
      ? [/** @type {string} */ (dynoxideBinary()), '--host', '127.0.0.1', '--port', String(port)]
      : [process.execPath, dynalite, /** @type {string} */ (dynaliteFolder()), String(port)];
  const child = spawn(...endsWithUs(/** @type {string} */ (program), parameters), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endNow = () => void child.kill('SIGKILL');
  process.once('exit', endNow);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const close = async () => {
    process.removeListener('exit', endNow);
    child.ref();
    child.kill('SIGKILL');
    await exited;
  };
  try {
    await listening(child, kind);
  } catch (error) {
    await close();
    throw error;
  }
  // A server that nobody closes must not keep its starter alive; the exit handler above ends it.
  child.unref();
  for (const stream of [child.stdout, child.stderr]) /** @type {import('node:net').Socket | null} */ (stream)?.unref();
  const endpoint = `http://127.0.0.1:${port}`;
  const clientConfig = { region: localRegion, endpoint, credentials: localCredentials };
  return { kind, endpoint, port, clientConfig, close };
}

const localRegion = 'us-east-1';
/** Any will do: no server here checks them. */
const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * Resolves once the program says that it listens; rejects when it ends before, or says nothing in time.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} kind
 * @returns {Promise<void>}
 */
function listening(child, kind) {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(
      () => reject(new Error(`${kind} did not start in ${startTimeout} ms: ${said}`)),
      startTimeout,
    );
    const read = (/** @type {Buffer} */ chunk) => {
      if (said.length < 4_096) said += chunk.toString();
      if (!/listening/i.test(said)) return;
      clearTimeout(timer);
      resolve();
    };
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`${kind} ended with ${code} before it listened: ${said}`));
    });
  });
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

function dynoxideBinary() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const folder = folderOf('@dynoxide/linux-x64/package.json', import.meta.url);
  return folder !== null && existsSync(join(folder, 'dynoxide')) ? join(folder, 'dynoxide') : null;
}

function dynaliteFolder() {
  return folderOf('dynalite/package.json', backendManifest);
}

/**
 * @param {string} manifest
 * @param {string | URL} from
 */
function folderOf(manifest, from) {
  try {
    return dirname(createRequire(from).resolve(manifest));
  } catch {
    return null;
  }
}
