import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { wrongUse } from '../faults.js';
import type { Terminal } from '../terminal/terminal.js';
import { openConfig } from './config-store.js';
import { openDynamoDB } from './dynamodb-store.js';
import { openRedis } from './redis-store.js';
import { configName, variables, type StoreOptions } from './store-options.js';
import type { Store } from './store.js';

/**
 * Opens the store that the options name; without options the one that the environment names, else the configuration file
 * of this folder.
 *
 * @throws CommandFault with exit code 2 where it can't be told which, or what it needs is not installed
 */
export async function openStore(options: StoreOptions, terminal: Terminal): Promise<Store> {
  switch (kindOf(options, terminal)) {
    case 'redis':
      return openRedis(options, terminal);
    case 'dynamodb':
      return openDynamoDB(options, terminal);
    case 'config':
      return openConfig(options.config ?? terminal.environment[variables.config] ?? configName, terminal);
  }
}

type Kind = 'redis' | 'dynamodb' | 'config';
const kinds: readonly Kind[] = ['redis', 'dynamodb', 'config'];

function kindOf(options: StoreOptions, { environment, workingDirectory }: Terminal): Kind {
  const chosen = one(
    kinds.filter((kind) => options[kind] !== undefined),
    (kind) => `--${kind}`,
  );
  const meant =
    chosen ??
    one(
      kinds.filter((kind) => environment[variables[kind]]),
      (kind) => variables[kind],
    );
  if (meant !== undefined) return meant;
  if (existsSync(join(workingDirectory, configName))) return 'config';
  throw wrongUse(
    `Which store? Give --redis URL, --dynamodb TABLE or --config FILE, set ${Object.values(variables).join(' or ')}, or put a ${configName} here.`,
  );
}

function one(found: readonly Kind[], say: (kind: Kind) => string): Kind | undefined {
  if (found.length > 1) throw wrongUse(`${found.map(say).join(' and ')} name different stores: give one of them.`);
  return found[0];
}
