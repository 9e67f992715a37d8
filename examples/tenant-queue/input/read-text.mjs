import { readFile } from 'node:fs/promises';
import { BadInput } from './bad-input.mjs';

/**
 * @param {string} path
 * @param {string} what for the message
 * @throws BadInput
 */
export async function readText(path, what) {
  try {
    const text = await readFile(path, 'utf8');
    // Some editors mark UTF-8 with a first character that is no JSON.
    return text.replace(/^\uFEFF/, '');
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new BadInput(`Can't read the ${what} file ${path}: ${code === 'ENOENT' ? 'there is no such file' : message}`);
  }
}
