import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDynamoDB } from '../servers/dynamodb.mjs';
import { startPostgres } from '../servers/postgres.mjs';
import { startRedis } from '../servers/redis.mjs';
import { bundlePackages, bundleProgram } from './bundle.mjs';
import { serversOf } from './marks.mjs';
import { isAsSaid, markPrinting, readPrinted } from './printing.mjs';

/** How long a program may take, ms. It must end by itself: one that doesn't has left something open. */
const longestRun = 60_000;
/** Programs that run at once. */
const atOnce = 3;

/**
 * Runs every program, each in a process of its own. Settles with what is wrong with each, in the same order: a list of
 * complaints, empty where it printed what its document says and ended by itself.
 *
 * @param outputs by program, the text fence that holds its whole output, where there is one
 */
export async function runPrograms(programs, outputs) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'circuitry-docs-'));
  const results = [];
  const waiting = [...programs.entries()];
  try {
    const bundles = await bundlePackages(join(folder, 'packages'));
    const worker = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [index, fence] = next;
        const path = join(folder, `${index}.mjs`);
        results[index] = await complaintsOf(fence, outputs.get(fence), path, bundles).catch(({ message }) => [message]);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return results;
}

async function complaintsOf(fence, output, path, bundles) {
  const servers = await startServers(serversOf(fence));
  try {
    const { marked, calls, orphans } = markPrinting(servers.fill(fence.code));
    if (orphans.length > 0) return orphans.map((line) => `${at(fence, line)}: → behind no call of console`);
    writeFileSync(path, await bundleProgram(fence, marked, bundles));
    const { code, text, late } = await run(path, servers.env);
    const { whole, byCall } = readPrinted(text);
    if (late) return [`did not end within ${longestRun} ms: something is still open. It printed:\n${whole}`];
    if (code !== 0) return [`ended with code ${code}. It printed:\n${whole}`];
    return [...differences(fence, calls, byCall), ...outputDifference(output, whole)];
  } finally {
    await servers.close();
  }
}

function run(path, env) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path], {
    env: { ...process.env, ...env, NODE_OPTIONS: '', FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let late = false;
  const take = (chunk) => {
    text += chunk;
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, longestRun);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, text, late });
    });
  });
}

/** Each kind of server: starts one, and answers which address of the documents is its own, what else is told of it, and its end. */
const starters = {
  async redis() {
    const server = await startRedis();
    const own = ['localhost:6379', `127.0.0.1:${server.port}`];
    return { own, env: { REDIS_URL: server.url }, stop: () => server.stop() };
  },
  async dynamodb() {
    const server = await startDynamoDB();
    const env = {
      AWS_ENDPOINT_URL_DYNAMODB: server.endpoint,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    return { own: ['http://localhost:8000', server.endpoint], env, stop: () => server.close() };
  },
  async postgres() {
    const server = await startPostgres();
    return { own: ['postgres://localhost/app', server.url], env: {}, stop: () => server.stop() };
  },
};

/** Fresh servers for one program, in place of the addresses that documents show. */
async function startServers(names) {
  const started = [];
  const close = async () => Promise.all(started.map(({ stop }) => stop()));
  try {
    for (const name of names) started.push(await starters[name]());
  } catch (error) {
    await close();
    throw error;
  }
  return {
    env: Object.assign({}, ...started.map(({ env }) => env)),
    fill: (code) => started.reduce((filled, { own: [shown, real] }) => filled.replaceAll(shown, real), code),
    close,
  };
}

function differences(fence, calls, byCall) {
  return calls.flatMap(({ expected, lastLine }, index) => {
    const printed = byCall.get(index) ?? [];
    if (expected === null || sameLines(expected, printed)) return [];
    return [`${at(fence, lastLine)}: says\n  ${expected.join('\n  ')}\nbut printed\n  ${printed.join('\n  ')}`];
  });
}

function outputDifference(output, whole) {
  if (output === undefined) return [];
  const printed = whole.trimEnd().split('\n');
  const said = output.code.trimEnd().split('\n');
  return sameLines(said, printed) ? [] : [`${output.file}:${output.line}: is not what it printed:\n${whole}`];
}

function sameLines(said, printed) {
  return said.length === printed.length && said.every((line, index) => isAsSaid(line, printed[index]));
}

function at({ file, line }, offset) {
  return `${file}:${line + 1 + offset}`;
}
