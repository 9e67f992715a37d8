import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { wrongUse } from '../faults.js';
import type { Terminal } from '../terminal/terminal.js';
import { variables } from './store-options.js';

/**
 * The URL of a Redis: given, out of a file (`@file`), or from the environment (`--redis` alone).
 *
 * A password in an argument would stand in the machine's process list, in the shell's history and in the log of every
 * script, so it is refused there.
 *
 * @throws CommandFault with exit code 2
 */
export function readRedisUrl(
  given: string | true | undefined,
  terminal: Pick<Terminal, 'environment' | 'workingDirectory'>,
): URL {
  if (given === undefined || given === true) {
    const value = terminal.environment[variables.redis];
    if (!value) throw wrongUse(`--redis without a URL takes it from ${variables.redis}, which is not set.`);
    return parse(value, variables.redis);
  }
  if (given.startsWith('@'))
    return parse(readFile(given.slice(1), terminal.workingDirectory), `the file ${given.slice(1)}`);
  const url = parse(given, '--redis');
  if (url.password === '') return url;
  throw wrongUse(
    'The URL in --redis has a password, and everybody on this machine can read it in the process list. ' +
      `Put the URL into ${variables.redis} and leave --redis away, or into a file that only you can read: --redis @FILE.`,
  );
}

/** Where a URL leads, without what is secret in it. */
export function describeUrl({ protocol, hostname, port, pathname }: URL): string {
  const database = pathname.length > 1 ? `, database ${pathname.slice(1)}` : '';
  return `${hostname || 'localhost'}:${port || 6379}${database}${protocol === 'rediss:' ? ', TLS' : ''}`;
}

function readFile(file: string, workingDirectory: string): string {
  try {
    return readFileSync(resolve(workingDirectory, file), 'utf8').trim();
  } catch (error) {
    throw wrongUse(`The file ${file} with the URL can't be read: ${(error as Error).message}`, { cause: error });
  }
}

function parse(text: string, source: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // Not shown: it may hold a password.
    throw wrongUse(`What ${source} holds is no URL. One looks like redis://host:6379/0, or rediss:// for TLS.`);
  }
  if (url.protocol === 'redis:' || url.protocol === 'rediss:') return url;
  throw wrongUse(`The URL in ${source} begins with ${url.protocol}//, and must with redis:// or rediss://.`);
}
