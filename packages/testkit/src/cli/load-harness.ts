import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HarnessFault, type StorageHarness } from '../conformance/harness/harness.js';

/**
 * The harness that a module exports: its `harness`, else its default, which CommonJS modules have too.
 *
 * @throws HarnessFault where the module can’t be loaded or exports none.
 */
export async function loadHarness(file: string): Promise<StorageHarness> {
  let exported: Record<string, unknown>;
  try {
    exported = (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>;
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?ts$/.test(file))
      throw new HarnessFault(file, howToRunTypeScript(file));
    throw new HarnessFault(file, `can’t be loaded: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  const inner = exported['default'] as Record<string, unknown> | undefined;
  const found = [exported['harness'], inner?.['harness'], inner, exported].find(isHarness);
  if (found === undefined) {
    throw new HarnessFault(
      file,
      `exports no harness. Export one: export const harness = { open() { … } }. It exports: ${Object.keys(exported).join(', ') || 'nothing'}`,
    );
  }
  return found;
}

function howToRunTypeScript(file: string): string {
  return `is TypeScript, which Node ${process.version} does not run by itself. Use Node 22.18 or later; or install tsx and run: node --import tsx node_modules/@circuitry/testkit/dist/cli.js ${file}`;
}

function isHarness(value: unknown): value is StorageHarness {
  return typeof value === 'object' && value !== null && typeof (value as { open?: unknown }).open === 'function';
}
