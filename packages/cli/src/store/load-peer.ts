import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { wrongUse } from '../faults.js';

/** A package that is installed only where it is needed. */
export interface Peer<Module> {
  readonly name: string;
  /** Everything that has to be installed with it, for the person who lacks it. */
  readonly install: string;
  /** Imports it from beside this package. */
  readonly load: () => Promise<Module>;
}

/**
 * Loads a package from beside this one, or, as under `npx`, from the folder that the command is used in.
 *
 * @throws CommandFault with exit code 2, and how to install it, where it stands in neither
 */
export async function loadPeer<Module>(peer: Peer<Module>, workingDirectory: string): Promise<Module> {
  try {
    return await peer.load();
  } catch (error) {
    if (!isMissing(error)) throw error;
    const found = resolveFrom(workingDirectory, peer.name);
    if (found !== null) return (await import(pathToFileURL(found).href)) as Module;
    const withNpx = peer.install.split(' ').map((name) => `-p ${name}`);
    throw wrongUse(
      `This needs ${peer.name}, which is not installed. Install it: npm install ${peer.install}\n` +
        `Or for once: npx -p @circuitry/cli ${withNpx.join(' ')} circuitry …`,
      { cause: error },
    );
  }
}

function resolveFrom(folder: string, name: string): string | null {
  try {
    return createRequire(join(folder, 'package.json')).resolve(name);
  } catch {
    return null;
  }
}

function isMissing(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}
