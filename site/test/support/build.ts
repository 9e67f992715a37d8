import { spawn } from 'node:child_process';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../..');

/** Builds the site as `npm run docs` does. A link to no page fails it. */
export async function build(): Promise<string[]> {
  const child = spawn(process.execPath, ['build.mjs'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += String(chunk)));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`The site can't be built:\n${text}`);
  return text.split('\n').filter((line) => line.startsWith('API: '));
}
