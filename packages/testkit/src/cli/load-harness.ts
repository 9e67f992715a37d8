import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HarnessFault, type StorageHarness } from '../conformance/harness.js';

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
    const what = error instanceof Error ? error.message : String(error);
    throw new HarnessFault(file, `can’t be loaded: ${what}${hintFor(error)}`, { cause: error });
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

/** What to do where this Node can't run TypeScript. */
function hintFor(error: unknown): string {
  if ((error as { code?: unknown } | null)?.code !== 'ERR_UNKNOWN_FILE_EXTENSION') return '';
  return '\n  Node runs TypeScript from 22.18 on. With an older one: NODE_OPTIONS="--import tsx" npx circuitry-testkit FILE, with tsx installed.';
}

function isHarness(value: unknown): value is StorageHarness {
  return typeof value === 'object' && value !== null && typeof (value as { open?: unknown }).open === 'function';
}
