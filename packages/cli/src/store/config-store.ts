import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StorageBackend } from '@circuitry/core';
import { wrongUse } from '../faults.js';
import type { Terminal } from '../terminal/terminal.js';
import type { Store } from './store.js';

/**
 * The store of a configuration file: a module that exports `backend`, any backend that keeps the contract, or a function
 * that makes one. It may export `settings`, those of the workers, and `close`, which ends what the module opened.
 *
 * @throws CommandFault with exit code 2 where the file can't be read or exports no backend
 */
export async function openConfig(
  file: string,
  { workingDirectory }: Pick<Terminal, 'workingDirectory'>,
): Promise<Store> {
  const exported = await load(resolve(workingDirectory, file), file);
  const made: unknown =
    typeof exported['backend'] === 'function' ? await call(exported['backend'], file) : exported['backend'];
  if (!isBackend(made)) {
    const found = Object.keys(exported).join(', ') || 'nothing';
    throw wrongUse(
      `${file} exports no backend: export const backend = …, an object with retrieve, store, apply and list. It exports ${found}.`,
    );
  }
  const { settings, close } = exported;
  if (settings !== undefined && (typeof settings !== 'object' || settings === null))
    throw wrongUse(`${file} exports settings that are no object: export the options of your CircuitBreakerFactory.`);
  return {
    backend: made,
    where: `the backend of ${file}`,
    settings: withoutPlace((settings as Readonly<Record<string, unknown>> | undefined) ?? {}),
    async *examine() {},
    async close() {
      await made.close?.();
      if (typeof close === 'function') await (close as () => unknown)();
    },
  };
}

/** Where circuits live and what they are called is settled here: names are those in the store. */
function withoutPlace(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { backend: _backend, nameFor: _nameFor, ...rest } = settings;
  return rest;
}

async function load(path: string, file: string): Promise<Readonly<Record<string, unknown>>> {
  if (!existsSync(path)) throw wrongUse(`There is no file ${file}.`);
  try {
    const module = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
    const fallback = module['default'];
    // A CommonJS file's exports are its default.
    return module['backend'] === undefined && typeof fallback === 'object' && fallback !== null
      ? (fallback as Readonly<Record<string, unknown>>)
      : module;
  } catch (error) {
    throw wrongUse(`${file} can't be loaded: ${messageOf(error)}`, { cause: error });
  }
}

async function call(make: unknown, file: string): Promise<unknown> {
  try {
    return await (make as () => unknown)();
  } catch (error) {
    throw wrongUse(`The function backend of ${file} failed: ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isBackend(value: unknown): value is StorageBackend {
  if (typeof value !== 'object' || value === null) return false;
  const methods = value as Readonly<Record<string, unknown>>;
  return ['retrieve', 'store', 'apply', 'list', 'delete', 'lock'].every((name) => typeof methods[name] === 'function');
}
