import { access, constants, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { BadInput } from '../input/bad-input.mjs';

/**
 * Makes the folder of a file that is written at the end, so that a path where that can't be is told ahead of the run. The
 * file itself is left as it is.
 *
 * @param {string} path
 * @param {string} option that the path was given by, or could be
 * @throws BadInput
 */
export async function prepareFile(path, option) {
  try {
    await makeFolder(path);
    const there = await stat(path).catch(unlessMissing);
    if (there?.isDirectory() === true) throw new Error('it is a folder');
    await access(there === null ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    throw new BadInput(
      `Can't write ${path}: ${reasonOf(error)}. Nothing was run: give ${option} a file in a folder that you may write to.`,
    );
  }
}

/**
 * @param {string} path
 * @param {string} text
 * @throws BadInput
 */
export async function writeText(path, text) {
  try {
    await makeFolder(path);
    await writeFile(path, text);
  } catch (error) {
    throw new BadInput(`Can't write ${path}: ${reasonOf(error)}`);
  }
}

/** Makes the file's folder, but none outside of the working directory: a slip of the pen must leave nothing behind there. @param {string} path */
async function makeFolder(path) {
  const folder = resolve(dirname(path));
  const way = relative(process.cwd(), folder);
  if (way.startsWith('..') || isAbsolute(way)) await access(folder, constants.W_OK);
  else await mkdir(folder, { recursive: true });
}

/** @param {unknown} error @returns {null} */
function unlessMissing(error) {
  if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return null;
  throw error;
}

/** @param {unknown} error */
function reasonOf(error) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  if (code === 'ENOENT') return 'there is no such folder, and outside of the working directory none is made';
  return code === 'EEXIST' || code === 'ENOTDIR' ? 'a part of its path is a file, not a folder' : message;
}
