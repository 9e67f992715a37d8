import { isCircuitryError } from '@circuitry/core';
import { CommandFault, failed, nothingMatched, wrongUse } from '../faults.js';
import { escapeText, jsonLine } from '../output/escape.js';
import { openStore } from '../store/open-store.js';
import type { TableFace } from '../store/store.js';
import { within } from '../store/time-limit.js';
import type { Terminal } from '../terminal/terminal.js';
import type { CommonOptions } from './session.js';

/** What `table create` and `table describe` take. */
export interface TableOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

/** A new table of AWS's takes its time, ms. */
const creation = 120_000;

/** Makes the table that circuits need; safe to repeat. */
export async function createTable(options: TableOptions, terminal: Terminal): Promise<void> {
  await withTable(options, terminal, async (table, where) => {
    if (options.dryRun === true) return print(table.definition(), options, terminal);
    await within(Math.max(creation, options.timeout), terminal.signal, (signal) => table.create(signal));
    if (options.json === true) return terminal.out(jsonLine({ table: table.definition()['TableName'], ready: true }));
    return terminal.out(`${escapeText(where)} is ready.\n`);
  });
}

/** Prints the table as the store describes it. */
export async function describeTable(options: TableOptions, terminal: Terminal): Promise<void> {
  await withTable(options, terminal, async (table, where) => {
    const found = await within(options.timeout, terminal.signal, (signal) => table.describe(signal));
    if (found === null) throw nothingMatched(`There is no table: ${where}. "table create" makes it.`);
    return print(found, options, terminal);
  });
}

function print(table: Readonly<Record<string, unknown>>, { json }: TableOptions, terminal: Terminal): Promise<void> {
  return terminal.out(json === true ? jsonLine(table) : `${JSON.stringify(table, null, 2)}\n`);
}

async function withTable(
  options: TableOptions,
  terminal: Terminal,
  verb: (table: TableFace, where: string) => Promise<void>,
): Promise<void> {
  const store = await openStore(options, terminal);
  try {
    if (store.table === undefined)
      throw wrongUse(`There is no table to make or describe: ${store.where} has none. It is for --dynamodb TABLE.`);
    await verb(store.table, store.where).catch((error: unknown) => {
      throw isCircuitryError(error) || error instanceof CommandFault ? error : refused(store.where, error);
    });
  } finally {
    await store.close();
  }
}

/** AWS' own words say neither which table, nor what to look at. */
function refused(where: string, error: unknown): CommandFault {
  const { name, message } = error as Error;
  const words = [name === 'Error' ? '' : `${name}: `, message].join('');
  return failed(`${where} could not be made or described: ${words}. Look at the region, the endpoint and the rights.`, {
    cause: error,
  });
}
