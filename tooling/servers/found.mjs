/**
 * What the tests would find on this machine: it decides on which servers they run, and which of them are skipped. turbo
 * can't see it, and would replay a run on another server, or one that was skipped for want of a server that is there now.
 */
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { serverFiles } from './dynamodb.mjs';
import { postgresServer } from './postgres.mjs';
import { redisServer, valkeyServer } from './redis-binary.mjs';

/**
 * Looks where the tests look, with what they look with; a Redis that may be installed is installed now, not by the first
 * test that wants one.
 *
 * @returns {{ key: string, told: string[] }} `key`: the same text for the same servers, wherever they stand, and never the
 *   same twice where they can't be looked into; `told`: what was found, for people
 */
export function serversFound() {
  const programs = [
    ...[redisServer(), valkeyServer()].map((found) => ('missing' in found ? found : program(found.path, '--version'))),
    postgresProgram(),
    // Without it there is no certificate for a Redis behind TLS.
    program('openssl', 'version'),
    // Builds the clock that is loaded into a server.
    program('cc', '--version'),
    // What the command line is tested in, and what reads the alerts.
    ...['script', 'zsh', 'fish', 'promtool'].map((name) => program(name, '--version')),
    ...Object.entries(serverFiles()).map(([name, file]) => fileOf(name, file)),
  ];
  const elsewhere = serversElsewhere();
  return {
    // Why one is missing is no part of it: an error's text may differ each time.
    key: digest([programs.map(({ is = 'missing' }) => is), elsewhere.length === 0 ? 'here' : randomUUID()]),
    told: [
      ...programs.map(({ told, missing }) => told ?? `missing: ${missing}`),
      ...elsewhere.map(
        (name) => `${name}: can't be looked into, so no test that may talk to it is taken from the cache`,
      ),
    ],
  };
}

/** What says that tests run on servers of somebody else's, or in containers: these may change, and nothing here with them. */
function serversElsewhere() {
  const { REDIS_URL, DYNAMODB_ENDPOINT, CIRCUITRY_TEST_WITH } = process.env;
  return Object.entries({ REDIS_URL, DYNAMODB_ENDPOINT, CIRCUITRY_TEST_WITH })
    .filter(([, value]) => value)
    .map(([name]) => name);
}

/** A program by its own word and by its file: the file may be a script that starts another, the word be that of many builds. */
function program(path, question) {
  const { status, stdout, error } = spawnSync(path, [question], { encoding: 'utf8', timeout: 20_000 });
  if (error?.code === 'ENOENT') return { missing: `there is no ${path} in PATH` };
  const word = `${stdout ?? ''}`.trim();
  const file = path === basename(path) ? [] : [readFileSync(path)];
  return {
    is: digest([status, word, ...file]),
    told: /^.*?\d\S*/.exec(word)?.[0] ?? `${path}, which tells no version`,
  };
}

function postgresProgram() {
  const found = postgresServer();
  return 'missing' in found ? found : program(join(found.folder, 'postgres'), '--version');
}

function fileOf(name, file) {
  if (file === null) return { missing: `${name} is not installed` };
  return { is: digest([name, readFileSync(file)]), told: name };
}

function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part instanceof Buffer ? part : JSON.stringify(part)).update('\n');
  return hash.digest('hex');
}
