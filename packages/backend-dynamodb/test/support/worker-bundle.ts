import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, type Metafile } from 'esbuild';

/** A program of the tests as one file that plain Node runs, made of the present sources. */
export interface Bundle {
  readonly file: string;
  readonly metafile: Metafile;
  /** Removes it. */
  remove(): void;
}

/** @param source beside this file, `./worker.ts`; `external`: packages that are left out */
export function bundle(
  source: string,
  { external = [], minify = false }: { external?: string[]; minify?: boolean } = {},
): Bundle {
  const folder = mkdtempSync(join(tmpdir(), 'circuitry-dynamodb-'));
  const file = join(folder, 'program.mjs');
  const { metafile } = buildSync({
    entryPoints: [fileURLToPath(new URL(source, import.meta.url))],
    outfile: file,
    bundle: true,
    minify,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@circuitry/source'],
    mainFields: ['module', 'main'],
    external,
    // Some of the SDK's dependencies are CommonJS and ask for Node's modules at run time.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  return { file, metafile, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
