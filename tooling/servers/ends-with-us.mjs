import { existsSync } from 'node:fs';

const setpriv = '/usr/bin/setpriv';
const isHere = process.platform === 'linux' && existsSync(setpriv);

/**
 * A command that ends when the process that starts it ends, however that ends: Linux kills it. Elsewhere, or without
 * util-linux, it is the command as it is, which whoever starts it ends at its own exit.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {[program: string, args: string[]]}
 */
export function endsWithUs(program, args) {
  return isHere ? [setpriv, ['--pdeathsig', 'KILL', program, ...args]] : [program, [...args]];
}
