// What each worker did, in a file of its own, written before anything else happens: it outlives the worker.
import { openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What became of a write; 'maybe': nobody knows. @typedef {'acked' | 'refused' | 'maybe' | 'no'} Result
 *
 * Times are ms since the epoch by the machine's clock, which all workers share, whatever clock they work by.
 * @typedef {{ type: 'applying', id: string } | { type: 'apply', id: string, result: Result, asked: number, at: number }
 *   | { type: 'store', from: number, to: number, result: Result, asked: number, at: number }
 *   | { type: 'lock', token: number, asked: number, at: number, lease: number, left: number }
 *   | { type: 'unlock', token: number, at: number }
 *   | { type: 'change', what: string, asked: number, at: number }
 *   | { type: 'call', id: string } | { type: 'ran', id: string } | { type: 'settled', id: string, status: string }
 *   | { type: 'fault', message: string }} Entry
 */

/** @param {string} folder @param {string} name @returns {(entry: Entry) => void} */
export function openLedger(folder, name) {
  const file = openSync(join(folder, `${name}.jsonl`), 'a');
  return (entry) => void writeSync(file, `${JSON.stringify(entry)}\n`);
}

/** @param {string} folder @returns {(Entry & { worker: string })[]} */
export function readLedgers(folder) {
  return readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      // A worker that is killed may leave half a line.
      .filter((line) => line.endsWith('}'))
      .map((line) => ({ ...JSON.parse(line), worker: name.replace('.jsonl', '') })),
  );
}
